import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef } from 'react';
import { configQuery } from '../api/queries.ts';
import { type Area, areaOf, signOut, useSession } from '../session/session.ts';
import { Button } from '../ui/button.tsx';
import { Loaded } from '../ui/states.tsx';
import { common } from '../words/common.ts';
import { useWords } from '../words/dictionary.ts';
import { setTimeZone } from '../words/format.ts';
import { setLanguage, useLanguage } from '../words/language.ts';
import './layout.css';

/** Loaded in the sandbox only. */
const SandboxBar = lazy(() => import('../sandbox/sandbox-bar.tsx'));

export function Layout() {
  const words = useWords(common);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const area = areaOf(path);
  const config = useQuery(configQuery);
  const main = useRef<HTMLElement>(null);
  const lastPath = useRef(path);
  if (config.data) setTimeZone(config.data.timeZone);

  // A navigation without a page load is announced by a screen reader only if the focus moves.
  useEffect(() => {
    if (lastPath.current !== path) main.current?.focus({ preventScroll: true });
    lastPath.current = path;
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
          <UserMenu area={area} />
        </div>
      </header>
      <main id="main" className="page" data-area={area} tabIndex={-1} ref={main}>
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

function UserMenu({ area }: { area: Area }) {
  const words = useWords(common);
  const session = useSession(area);
  const chosen = useLanguage();
  const queries = useQueryClient();
  const other = chosen === 'ko' ? 'en' : 'ko';
  const changeLanguage = () => {
    setLanguage(other);
    // Texts that the API has written are fetched again in the new language.
    void queries.invalidateQueries();
  };
  const leave = () => {
    signOut(area);
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'config' && queryKey[0] !== 'plans' });
  };
  return (
    <div className="user-menu">
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
      <Button kind="quiet" small onPress={changeLanguage}>
        <span lang={other}>{words.language}</span>
      </Button>
    </div>
  );
}
