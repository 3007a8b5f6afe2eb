import { useSyncExternalStore } from 'react';

export type Role = 'customer' | 'operator' | 'admin';

export interface Session {
  token: string;
  userId: string;
  role: Role;
}

/** A buyer and an operator may be the same person trying things out: each desk has its own token, so neither signs the other out. */
export type Desk = 'shop' | 'console';

export const deskOf = (path: string): Desk => (path.startsWith('/console') ? 'console' : 'shop');

const key = (desk: Desk) => `gudok.token.${desk}`;
const listeners = new Set<() => void>();
const remembered = new Map<string, Session | null>();

/** Until the tab is closed: a token must not outlive it on somebody else's computer. */
export function sessionOf(desk: Desk): Session | null {
  const token = sessionStorage.getItem(key(desk));
  if (token === null) return null;
  if (!remembered.has(token)) remembered.set(token, read(token));
  return remembered.get(token)!;
}

/** @returns false for what is no token at all; whether it is a good one only the API can say */
export function signIn(desk: Desk, token: string): boolean {
  if (read(token) === null) return false;
  sessionStorage.setItem(key(desk), token);
  for (const tell of listeners) tell();
  return true;
}

export function signOut(desk: Desk): void {
  sessionStorage.removeItem(key(desk));
  for (const tell of listeners) tell();
}

export function useSession(desk: Desk): Session | null {
  return useSyncExternalStore(subscribe, () => sessionOf(desk));
}

function subscribe(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

/** Only to show who is signed in; the API reads it by itself. */
function read(token: string): Session | null {
  try {
    const part = token.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/');
    const claims = JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(part), (sign) => sign.charCodeAt(0)))) as {
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
