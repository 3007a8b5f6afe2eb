export const FAULT_POINTS = [
  'confirm',
  'cancel',
  'get',
  'billing',
  'issue',
  'webhook',
  'transactions',
  'virtual_account',
] as const;
export type FaultPoint = (typeof FAULT_POINTS)[number];

/** The request is not processed. These strike a repeated request too. */
export const BEFORE = [
  'drop_before',
  'error_before',
  'garbage_before',
  'in_progress',
  'rate_limited',
  'unauthorized',
  'not_found_lag',
  'slow',
] as const;
/** They change the outcome. A request with a stored response is not processed again, so these skip it. */
export const OUTCOME = ['decline', 'refuse', 'wrong_amount', 'wrong_order'] as const;
/** The request is processed, and its response is lost, late or broken. */
export const AFTER = ['drop_after', 'error_after', 'garbage', 'slow_after'] as const;
export const WEBHOOK = ['duplicate', 'drop', 'late', 'reorder', 'forge'] as const;

export type FaultKind = (typeof BEFORE | typeof OUTCOME | typeof AFTER | typeof WEBHOOK)[number];

/** The kinds that a call can have. The control plane refuses others, which would never strike. */
export function kindsAt(on: FaultPoint): readonly FaultKind[] {
  if (on === 'webhook') return WEBHOOK;
  const common: FaultKind[] = [...BEFORE, 'decline', 'refuse', ...AFTER];
  if (on === 'billing') return [...common, 'wrong_amount'];
  return on === 'confirm' ? [...common, 'wrong_amount', 'wrong_order'] : common;
}

export function isOutcome(kind: FaultKind): boolean {
  return (OUTCOME as readonly string[]).includes(kind);
}
