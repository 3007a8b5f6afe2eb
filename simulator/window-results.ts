import { authenticate, choiceOf, choiceSchema, registeredChoice, registrationSchema } from './buyers.ts';
import { newAuthKey } from './identifiers.ts';
import { asOf } from './payment.ts';
import type { Simulator } from './simulator.ts';
import { findWindowFault } from './window-faults.ts';
import type { OpenWindow } from './windows.ts';

/** The parameters of the redirect to the merchant. */
export type WindowResult = Record<string, string>;
type Form = Record<string, string>;

/**
 * The effect of the button in a payment window. Closing has no orderId (docs: SDK redirect parameters). A decline in
 * the window leaves the payment READY until it expires: UNVERIFIED. @returns undefined if the window can no longer be
 * used
 */
export function paymentResult(simulator: Simulator, window: OpenWindow, form: Form): WindowResult | undefined {
  const record = simulator.store.paymentByKey(window.paymentKey ?? '');
  if (!record || asOf(record, simulator.clock.now()).payment.status !== 'READY') return undefined;
  const { orderId, paymentKey, totalAmount } = record.payment;
  if (form.action === 'close') return { code: 'PAY_PROCESS_CANCELED' };
  const { choice: before } = record.particulars;
  const filled = Object.fromEntries(Object.entries(form).filter(([, value]) => value !== ''));
  const choice = { ...before, ...choiceOf(choiceSchema.parse({ method: before.method, ...filled })) };
  if (form.action === 'decline')
    return { code: choice.method === '카드' ? 'REJECT_CARD_COMPANY' : 'PAY_PROCESS_ABORTED', orderId };
  // The order was paid meanwhile, in another tab (docs: SDK failUrl codes).
  if (simulator.store.orderIsApproved(orderId, paymentKey)) return { code: 'DUPLICATED_ORDER_ID', orderId };
  const fault = findWindowFault(form.fault);
  simulator.store.write(() => {
    authenticate(simulator, record, choice);
    if (fault) simulator.faults.add({ on: 'confirm', paymentKey, ...fault.plan });
  });
  return { paymentType: 'NORMAL', orderId, paymentKey, amount: String(totalAmount) };
}

/** The effect of the button in a billing window. */
export function billingResult(simulator: Simulator, window: OpenWindow, form: Form): WindowResult {
  if (form.action === 'close') return { code: 'PAY_PROCESS_CANCELED' };
  if (form.action === 'decline') return { code: 'REJECT_CARD_COMPANY' };
  const customerKey = window.customerKey ?? '';
  const authKey = newAuthKey();
  const { method, issuerCode, bankCode } = registrationSchema.parse({ ...form, method: window.method });
  simulator.billingKeys.authorise(authKey, customerKey, registeredChoice(method, issuerCode, bankCode));
  return { customerKey, authKey };
}
