import { findError, refusal, type ApiResponse, type Language } from './errors.ts';
import { AFTER, type FaultPoint } from './fault-kinds.ts';
import type { Fault } from './faults.ts';
import type { Call } from './operation.ts';

const BROKEN_BODY = '{"mId":"tgen_simul","version":"2022-11-16","paymentKey":"tgen_';

/** A successful status with a body that is cut off. */
export const brokenResponse: ApiResponse = { status: 200, body: BROKEN_BODY };

/** The response of a fault that prevents the processing of the request. */
export function responseInstead(fault: Fault, language: Language): ApiResponse | undefined {
  if ((AFTER as readonly string[]).includes(fault.kind)) return undefined;
  if (fault.kind === 'error_before') return serverError(fault, language);
  if (fault.kind === 'garbage_before') return brokenResponse;
  if (fault.kind === 'in_progress') return refusal('IDEMPOTENT_REQUEST_PROCESSING', language);
  if (fault.kind === 'rate_limited') return refusal('TOO_MANY_REQUESTS', language);
  if (fault.kind === 'unauthorized') return refusal('UNAUTHORIZED_KEY', language);
  if (fault.kind === 'not_found_lag') return refusal('NOT_FOUND_PAYMENT', language);
  return undefined;
}

/** `refuse` never changes the payment. `decline` is left to the calls that a bank decides. */
export function refusedByFault({ fault, language }: Call, on: FaultPoint): ApiResponse | undefined {
  if (fault?.kind === 'refuse') return refusal(fault.code ?? 'FORBIDDEN_REQUEST', language, fault);
  if (fault?.kind === 'decline' && on !== 'confirm' && on !== 'billing') {
    return refusal(fault.code ?? (on === 'cancel' ? 'NOT_CANCELABLE_PAYMENT' : 'REJECT_CARD_COMPANY'), language, fault);
  }
  return undefined;
}

export function serverError(fault: Fault, language: Language): ApiResponse {
  const code = fault.code ?? 'FAILED_INTERNAL_SYSTEM_PROCESSING';
  return refusal(code, language, { status: fault.status ?? Math.max(500, findError(code)?.http ?? 500) });
}
