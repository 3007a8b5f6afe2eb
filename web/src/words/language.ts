import { useSyncExternalStore } from 'react';

export type Language = 'ko' | 'en';

const KEY = 'gudok.language';
const listeners = new Set<() => void>();
// Which language somebody reads is no secret and outlives a tab, unlike the token.
let current: Language = localStorage.getItem(KEY) === 'en' ? 'en' : 'ko';
document.documentElement.lang = current;

export const language = (): Language => current;

export function setLanguage(chosen: Language): void {
  current = chosen;
  localStorage.setItem(KEY, chosen);
  document.documentElement.lang = chosen;
  for (const tell of listeners) tell();
}

function subscribe(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

export const useLanguage = (): Language => useSyncExternalStore(subscribe, language);
