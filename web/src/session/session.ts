import { useSyncExternalStore } from 'react';

export type Role = 'customer' | 'operator' | 'admin';

export interface Session {
  token: string;
  userId: string;
  role: Role;
}

/** The shop and the console keep separate tokens: one person can try both without signing the other out. */
export type Area = 'shop' | 'console';

export const areaOf = (path: string): Area => (path.startsWith('/console') ? 'console' : 'shop');

const key = (area: Area) => `gudok.token.${area}`;
const listeners = new Set<() => void>();
const parsedTokens = new Map<string, Session | null>();

/** Kept until the tab is closed, so that no token stays behind on a shared computer. */
export function sessionOf(area: Area): Session | null {
  const token = sessionStorage.getItem(key(area));
  if (token === null) return null;
  if (!parsedTokens.has(token)) parsedTokens.set(token, parseToken(token));
  return parsedTokens.get(token)!;
}

/** @returns false if the text is not a JWT. Only the API can tell whether the token is valid. */
export function signIn(area: Area, token: string): boolean {
  if (parseToken(token) === null) return false;
  sessionStorage.setItem(key(area), token);
  for (const listener of listeners) listener();
  return true;
}

export function signOut(area: Area): void {
  sessionStorage.removeItem(key(area));
  for (const listener of listeners) listener();
}

export function useSession(area: Area): Session | null {
  return useSyncExternalStore(subscribe, () => sessionOf(area));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The claims that the pages show. The API verifies the token itself. */
function parseToken(token: string): Session | null {
  try {
    const part = token.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/');
    const claims = JSON.parse(
      new TextDecoder().decode(Uint8Array.from(atob(part), (character) => character.charCodeAt(0))),
    ) as {
      sub?: unknown;
      role?: unknown;
    };
    if (claims.sub === undefined) return null;
    const role = claims.role === 'operator' || claims.role === 'admin' ? claims.role : 'customer';
    return { token, userId: String(claims.sub), role };
  } catch {
    return null;
  }
}
