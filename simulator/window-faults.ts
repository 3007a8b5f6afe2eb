import type { FaultPlan } from './faults.ts';

export interface WindowFault {
  name: string;
  label: string;
  plan: Omit<FaultPlan, 'on' | 'paymentKey' | 'orderId'>;
}

/** The faults that a developer can choose in the window. */
export const WINDOW_FAULTS: WindowFault[] = [
  { name: 'drop_after', label: '승인 응답 유실 (승인은 됨)', plan: { kind: 'drop_after' } },
  { name: 'drop_before', label: '승인 요청 유실 (승인 안 됨)', plan: { kind: 'drop_before' } },
  { name: 'decline', label: '승인 거절 (한도초과)', plan: { kind: 'decline', code: 'REJECT_CARD_PAYMENT' } },
  { name: 'error_after', label: '5xx 응답 (승인은 됨)', plan: { kind: 'error_after' } },
  { name: 'error_before', label: '5xx 응답 (승인 안 됨)', plan: { kind: 'error_before' } },
  { name: 'slow', label: '느린 승인 (15초 뒤 승인)', plan: { kind: 'slow', delayMs: 15_000 } },
  { name: 'slow_after', label: '느린 응답 (바로 승인, 15초 뒤 응답)', plan: { kind: 'slow_after', delayMs: 15_000 } },
  { name: 'garbage', label: '깨진 응답 (승인은 됨)', plan: { kind: 'garbage' } },
  { name: 'in_progress', label: '처리 중 응답 409 (승인 안 됨)', plan: { kind: 'in_progress' } },
  { name: 'wrong_amount', label: '다른 금액으로 승인', plan: { kind: 'wrong_amount' } },
];

export function findWindowFault(name: string | undefined): WindowFault | undefined {
  return WINDOW_FAULTS.find((fault) => fault.name === name);
}
