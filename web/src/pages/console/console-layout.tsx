import { Link, Outlet } from '@tanstack/react-router';
import { SignedIn } from '../../session/sign-in.tsx';
import { useWords } from '../../words/dictionary.ts';
import { consoleWords } from './console-words.ts';
import './console.css';

export function ConsoleLayout() {
  const words = useWords(consoleWords);
  return (
    <SignedIn area="console">
      {() => (
        <>
          <nav className="console-nav" aria-label={words.navigation}>
            <Link to="/console" activeOptions={{ exact: true, includeSearch: false }}>
              {words.search}
            </Link>
            <Link to="/console/work">{words.workQueue}</Link>
            <Link to="/console/renewals">{words.renewals}</Link>
            <Link to="/console/figures">{words.analytics}</Link>
            <Link to="/console/webhooks">{words.webhooks}</Link>
            <Link to="/console/messages">{words.outgoingEvents}</Link>
            <Link to="/console/books">{words.reconciliation}</Link>
            <Link to="/console/audit">{words.audit}</Link>
            <Link to="/console/plans">{words.plans}</Link>
            <Link to="/console/jobs">{words.jobs}</Link>
          </nav>
          <Outlet />
        </>
      )}
    </SignedIn>
  );
}
