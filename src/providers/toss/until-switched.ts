import { type CardVerdict, cardVerdictOf as verdictOf } from '../outcome.ts';
import { hintOf } from './code-meaning.ts';
import type { ErrorClass } from './error-class.ts';

// What the modules above still use by Toss's codes; goes with the last of them.

export function refusesOurKey(code: string): boolean {
  return hintOf(code) === 'credentials_refused';
}

export function cardVerdictOf(code: string, reason: ErrorClass): CardVerdict {
  return verdictOf({ reason, hint: hintOf(code) });
}
