import { useLanguage } from './language.ts';

type Word = string | ((...values: never[]) => string);
type Like<T> = { [K in keyof T]: T[K] extends (...values: infer V) => string ? (...values: V) => string : string };

export interface Dictionary<T> {
  ko: Like<T>;
  en: Like<T>;
}

/** Korean first. An English text that is missing or superfluous does not compile. */
export function dictionary<T extends Record<string, Word>>(ko: T, en: Like<T>): Dictionary<T> {
  return { ko: ko as unknown as Like<T>, en };
}

export function useWords<T>(words: Dictionary<T>): Like<T> {
  return words[useLanguage()];
}
