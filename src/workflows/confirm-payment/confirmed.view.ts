import { z } from 'zod';
import type { Language } from '../../platform/problem.ts';
import type { PaymentStatus } from '../../platform/database/index.ts';
import { subscriptionView, viewSubscription } from '../../subscriptions/index.ts';
import { paymentView, viewPayment } from '../../payments/index.ts';
import type { Confirmed } from './confirmed.ts';

export const confirmView = z
  .object({
    title: z.string(),
    paymentMethod: z.string().nullable(),
    payment: paymentView,
    subscription: subscriptionView.nullable().describe('null: an event, or nothing granted yet'),
  })
  .meta({ id: 'Confirmed' });

const TITLES: Partial<Record<PaymentStatus, { ko: string; en: string }>> = {
  REFUNDED: { ko: '환불된 결제', en: 'Payment refunded' },
  PENDING: { ko: '결제 확인 중', en: 'Payment being checked' },
  WAITING_FOR_DEPOSIT: { ko: '입금 대기', en: 'Waiting for the deposit' },
};

export function viewConfirmed({ payment, subscription }: Confirmed, language: Language): z.infer<typeof confirmView> {
  const view = viewPayment(payment, language);
  return {
    title: (TITLES[payment.status] ?? { ko: '결제 성공', en: 'Payment succeeded' })[language],
    paymentMethod: view.paymentMethod,
    payment: view,
    subscription: subscription && viewSubscription(subscription, subscription.plan),
  };
}
