import { useSyncExternalStore } from 'react';

export type Language = 'ko' | 'en';

const KEY = 'gudok.language';
const listeners = new Set<() => void>();
// The language is not a secret: unlike the token it is kept after the tab is closed.
let current: Language = localStorage.getItem(KEY) === 'en' ? 'en' : 'ko';
document.documentElement.lang = current;

export const language = (): Language => current;

export function setLanguage(chosen: Language): void {
  current = chosen;
  localStorage.setItem(KEY, chosen);
  document.documentElement.lang = chosen;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useLanguage = (): Language => useSyncExternalStore(subscribe, language);
