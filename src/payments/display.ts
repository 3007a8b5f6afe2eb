import { createHash } from 'node:crypto';
import type { Payment, Prisma } from '../platform/database/index.ts';
import type { ProviderPayment } from '../providers/index.ts';

/** Where a buyer pays who chose a virtual account. */
export interface VirtualAccount {
  bankCode: string | null;
  accountNumber: string;
  customerName: string | null;
  /** ISO 8601 with the provider's offset. */
  dueDate: string | null;
}

/** The columns of a payment that only the provider can fill. */
export type Display = Pick<
  Payment,
  | 'method'
  | 'issuerCode'
  | 'easyPayProvider'
  | 'cardNumber'
  | 'mobilePhone'
  | 'virtualAccount'
  | 'depositSecretHash'
  | 'receiptUrl'
>;

/** What the provider shows of how a payment was made, cut to the width of its columns. */
export function displayOf({ display, deposit, webhookSecret }: ProviderPayment): Display {
  const { method, issuerCode, easyPayProvider, cardNumber, mobilePhone, receiptUrl } = display;
  return {
    method: cut(method, 30),
    issuerCode: cut(issuerCode, 4),
    easyPayProvider: cut(easyPayProvider, 30),
    cardNumber: cut(cardNumber, 30),
    mobilePhone: cut(mobilePhone, 20),
    virtualAccount: deposit && virtualAccountOf(deposit),
    depositSecretHash: deposit && webhookSecret !== null ? hashOf(webhookSecret) : null,
    receiptUrl: cut(receiptUrl, 500),
  };
}

function virtualAccountOf(deposit: NonNullable<ProviderPayment['deposit']>): Prisma.JsonObject {
  const { bankCode, accountNumber, customerName, dueDate } = deposit;
  return { bankCode, accountNumber, customerName, dueDate } satisfies VirtualAccount;
}

/** Fits a text from the provider into its column. */
export function cut<Text extends string | null>(text: Text, length: number): Text {
  return (text && text.slice(0, length)) as Text;
}

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');
