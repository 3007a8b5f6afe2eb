import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef } from 'react';
import { configQuery } from '../api/queries.ts';
import { deskOf, signOut, useSession } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { Loaded } from '../ui/states.tsx';
import { common } from '../words/common.ts';
import { useWords } from '../words/dictionary.ts';
import { setTimeZone } from '../words/format.ts';
import { setLanguage, useLanguage } from '../words/language.ts';
import './layout.css';

/** Nobody outside the sandbox loads it. */
const SandboxBar = lazy(() => import('../sandbox/bar.tsx'));

export function Layout() {
  const words = useWords(common);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const desk = deskOf(path);
  const config = useQuery(configQuery);
  const main = useRef<HTMLElement>(null);
  const shown = useRef(path);
  if (config.data) setTimeZone(config.data.timeZone);

  // A page that changes without loading says nothing to a screen reader, unless the focus goes along.
  useEffect(() => {
    if (shown.current !== path) main.current?.focus({ preventScroll: true });
    shown.current = path;
  }, [path]);

  return (
    <div className="shell">
      <a className="skip" href="#main">
        {words.skip}
      </a>
      <header className="top">
        <div>
          <Link to="/" className="brand">
            {words.brand}
          </Link>
          <nav aria-label={words.mainNavigation}>
            <Link to="/" activeOptions={{ exact: true, includeSearch: false }}>
              {words.shop}
            </Link>
            <Link to="/me">{words.me}</Link>
            <Link to="/console">{words.console}</Link>
          </nav>
          <Who desk={desk} />
        </div>
      </header>
      <main id="main" className="page" data-desk={desk} tabIndex={-1} ref={main}>
        <Loaded query={config}>{() => <Outlet />}</Loaded>
      </main>
      {config.data?.sandbox && (
        <Suspense fallback={null}>
          <SandboxBar />
        </Suspense>
      )}
    </div>
  );
}

function Who({ desk }: { desk: 'shop' | 'console' }) {
  const words = useWords(common);
  const session = useSession(desk);
  const chosen = useLanguage();
  const queries = useQueryClient();
  const other = chosen === 'ko' ? 'en' : 'ko';
  const change = () => {
    setLanguage(other);
    // What the API has worded is asked for again.
    void queries.invalidateQueries();
  };
  const leave = () => {
    signOut(desk);
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'config' && queryKey[0] !== 'plans' });
  };
  return (
    <div className="who">
      {session && (
        <>
          <span>
            {session.userId} ({words[session.role]})
          </span>
          <Button kind="quiet" small onPress={leave}>
            {words.signOut}
          </Button>
        </>
      )}
      <Button kind="quiet" small onPress={change}>
        <span lang={other}>{words.language}</span>
      </Button>
    </div>
  );
}
