import { Link, Outlet } from '@tanstack/react-router';
import { SignedIn } from '../../session/sign-in.tsx';
import { useWords } from '../../words/dictionary.ts';
import './console.css';
import { desk } from './words.ts';

export function ConsoleLayout() {
  const words = useWords(desk);
  return (
    <SignedIn desk="console">
      {() => (
        <>
          <nav className="console-nav" aria-label={words.navigation}>
            <Link to="/console" activeOptions={{ exact: true, includeSearch: false }}>
              {words.find}
            </Link>
            <Link to="/console/work">{words.work}</Link>
            <Link to="/console/renewals">{words.renewals}</Link>
            <Link to="/console/figures">{words.figures}</Link>
            <Link to="/console/webhooks">{words.webhooks}</Link>
            <Link to="/console/messages">{words.messages}</Link>
            <Link to="/console/books">{words.books}</Link>
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
