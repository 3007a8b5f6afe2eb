import { type Outcome, type ProviderError, refusalIn, type Retrieval } from '../../providers/index.ts';

/** What is done next about a refund that the provider does not show. */
export type RefundDecision =
  /** It is polled again. isAnswered: the provider spoke of the payment, so that the interval may grow */
  | { kind: 'wait'; code: string; isAnswered: boolean; isSilent: boolean }
  /** It is requested under another idempotency key. */
  | { kind: 'renew_key'; error: ProviderError }
  /** Nothing went back, and nothing will. */
  | { kind: 'fail'; error: ProviderError };

/** What a decision rests on, besides what the provider says. */
export interface RefundFacts {
  /** Nothing was requested under this idempotency key before: a refusal is the answer to what was requested. */
  isFirst: boolean;
  /** No earlier request can be at work any more. */
  isOver: boolean;
  /** Under so many idempotency keys it was requested. */
  attempts: number;
  /** In won. */
  amount: number;
}

/**
 * A bank that is not able to give money back is tried under so many keys: it may be down, or the account closed for
 * good.
 */
const MAX_KEYS_OF_UNABLE_BANK = 3;

/** The provider answered nothing of use, and at once: the request is repeated after a moment. */
export function isUnanswered(outcome: Outcome): boolean {
  return outcome.kind === 'unknown' && !outcome.answered && outcome.hint !== 'timed_out';
}

/** Whether an outcome refuses the refund, so that the payment itself must tell whether it was made all the same. */
export function refuses(outcome: Outcome): boolean {
  return refusalOf(outcome) !== null;
}

/**
 * Whether a refund whose outcome is unknown is requested once more. Pure.
 *
 * @param obstacle why it cannot be requested any more; null: it can
 * @param retrieval what the provider showed of the payment, without this refund
 */
export function decideBeforeRepeat(
  obstacle: ProviderError | null,
  { isOver }: Pick<RefundFacts, 'isOver'>,
  retrieval: Retrieval,
): RefundDecision | { kind: 'request' } {
  if (retrieval.kind !== 'found') return waitAfter(retrieval);
  if (obstacle === null) return { kind: 'request' };
  return isOver ? { kind: 'fail', error: obstacle } : answered(obstacle.code);
}

/**
 * What is done after a request. Pure. A refusal is believed when it is the answer to the first request, or when no
 * request can be at work any more and the payment still does not show the refund.
 *
 * @param retrieval what the provider showed afterwards, without this refund. null: the outcome refused nothing
 */
export function decideAfterRequest(facts: RefundFacts, outcome: Outcome, retrieval: Retrieval | null): RefundDecision {
  const refusal = refusalOf(outcome);
  if (refusal === null || retrieval === null) return waitAfterUnclear(facts, outcome);
  const { error } = refusal;
  if (retrieval.kind !== 'found') return { ...waitAfter(retrieval), code: error.code };
  if (!(facts.isFirst && refusal.isFinal) && !facts.isOver) return answered(error.code);
  const mayPass = refusal.needsNewKey || (refusal.isBankUnable && facts.attempts < MAX_KEYS_OF_UNABLE_BANK);
  const { balance } = retrieval.payment;
  // What the provider gave back without us is in our records by now, and may have left too little.
  const isCovered = balance === null || balance >= facts.amount;
  return mayPass && isCovered ? { kind: 'renew_key', error } : { kind: 'fail', error };
}

interface Refusal {
  error: ProviderError;
  /** Refused for the state of the payment, before anything was done. */
  isFinal: boolean;
  needsNewKey: boolean;
  isBankUnable: boolean;
}

function refusalOf(outcome: Outcome): Refusal | null {
  const isBankUnable = outcome.kind === 'unknown' && outcome.hint === 'bank_unable';
  const refusal = refusalIn(outcome);
  if (refusal === undefined && !isBankUnable) return null;
  const error = refusal?.error ?? { code: (outcome as { code: string }).code, message: '' };
  const isFinal = outcome.kind === 'declined' || refusal?.reason === 'done';
  return { error, isFinal, needsNewKey: refusal?.hint === 'needs_new_key', isBankUnable };
}

function waitAfterUnclear({ isFirst }: RefundFacts, outcome: Outcome): RefundDecision {
  if (outcome.kind !== 'unknown') return answered('ANSWER_WITHOUT_THE_CANCEL');
  const { code, answered: isAnswered } = outcome;
  // A repetition follows a retrieval that was answered: the provider is there.
  return { kind: 'wait', code, isAnswered, isSilent: isFirst && !isAnswered };
}

function waitAfter(retrieval: Exclude<Retrieval, { kind: 'found' }>): RefundDecision & { kind: 'wait' } {
  if (retrieval.kind === 'not_found') return answered('NOT_FOUND_PAYMENT');
  const { code, answered: isAnswered } = retrieval;
  return { kind: 'wait', code, isAnswered, isSilent: !isAnswered };
}

const answered = (code: string) => ({ kind: 'wait', code, isAnswered: true, isSilent: false }) as const;
