import { type Language, useLanguage } from './language.ts';

type Word = string | ((...values: never[]) => string);
type Like<T> = { [K in keyof T]: T[K] extends (...values: infer V) => string ? (...values: V) => string : string };

export interface Dictionary<T> {
  ko: Like<T>;
  en: Like<T>;
}

/** Korean first; English must say all of it and nothing else, or it does not compile. */
export function dictionary<T extends Record<string, Word>>(ko: T, en: Like<T>): Dictionary<T> {
  return { ko: ko as unknown as Like<T>, en };
}

export function useWords<T>(words: Dictionary<T>): Like<T> {
  return words[useLanguage()];
}

/** Outside a component. */
export const wordsIn = <T>(words: Dictionary<T>, language: Language): Like<T> => words[language];
