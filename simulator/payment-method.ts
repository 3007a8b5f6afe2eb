import { koreanTime } from './clock.ts';
import { newAccountNumber } from './identifiers.ts';

/** The Korean values are Toss's default. */
export type Method = '카드' | '간편결제' | '계좌이체' | '휴대폰' | '가상계좌';

/** What the buyer chose in the window. */
export interface Choice {
  method: Method;
  issuerCode?: string;
  bankCode?: string;
  easyPayProvider?: string;
  /** Digits only, 8 to 15 (docs: SDK, requestPayment). */
  customerMobilePhone?: string;
  customerName?: string;
  /** Hours that a virtual account stays open, 168 by default (docs: virtual account). */
  validHours?: number;
  /** The due time in milliseconds, instead of hours. */
  dueAt?: number;
  installmentPlanMonths?: number;
  /** The masked number of a card that was typed in. */
  cardNumber?: string;
  cardType?: string;
  ownerType?: string;
}

export interface Card {
  issuerCode: string;
  acquirerCode: string;
  number: string;
  installmentPlanMonths: number;
  isInterestFree: boolean;
  interestPayer: null;
  approveNo: string;
  useCardPoint: boolean;
  cardType: string;
  ownerType: string;
  acquireStatus: string;
  amount: number;
}

export interface VirtualAccount {
  accountNumber: string;
  accountType: '일반';
  bankCode: string;
  customerName: string;
  depositorName: string | null;
  dueDate: string;
  expired: boolean;
  settlementStatus: 'INCOMPLETED' | 'COMPLETED';
  refundStatus: 'NONE' | 'PENDING' | 'COMPLETED';
  refundReceiveAccount: null;
}

/** The parts of a Payment that depend on how it was paid. */
export interface MethodDetails {
  card: Card | null;
  virtualAccount: VirtualAccount | null;
  transfer: { bankCode: string; settlementStatus: string } | null;
  mobilePhone: { customerMobilePhone: string; settlementStatus: string; receiptUrl: string } | null;
  easyPay: { provider: string; amount: number; discountAmount: number } | null;
  method: Method | null;
}

const DEFAULT_VALID_HOURS = 168;
export const DEFAULT_BANK = '20';

export function cardOf(choice: Choice, amount: number): Card {
  const issuerCode = choice.issuerCode ?? '71';
  return {
    issuerCode,
    acquirerCode: issuerCode,
    number: choice.cardNumber ?? '12345678****000*',
    installmentPlanMonths: choice.installmentPlanMonths ?? 0,
    isInterestFree: false,
    interestPayer: null,
    // The sandbox has eight zeros (captured bodies).
    approveNo: '00000000',
    useCardPoint: false,
    cardType: choice.cardType ?? '신용',
    ownerType: choice.ownerType ?? '개인',
    acquireStatus: 'READY',
    amount,
  };
}

function virtualAccountOf(choice: Choice, now: number): VirtualAccount {
  const dueAt = choice.dueAt ?? now + (choice.validHours ?? DEFAULT_VALID_HOURS) * 3_600_000;
  return {
    accountNumber: newAccountNumber(),
    accountType: '일반',
    bankCode: choice.bankCode ?? DEFAULT_BANK,
    customerName: choice.customerName ?? '김토스',
    // Present in captures since 2025, null until the deposit.
    depositorName: null,
    dueDate: koreanTime(dueAt),
    expired: false,
    settlementStatus: 'INCOMPLETED',
    refundStatus: 'NONE',
    refundReceiveAccount: null,
  };
}

/**
 * The object that belongs to the method; the others are null (docs: core API reference, Payment).
 * Whole bodies of 계좌이체 and 휴대폰 are in no source: their two objects are built from the field list, UNVERIFIED.
 */
export function methodDetailsOf(choice: Choice, paymentKey: string, amount: number, now: number): MethodDetails {
  const details: MethodDetails = {
    card: null,
    virtualAccount: null,
    transfer: null,
    mobilePhone: null,
    easyPay: null,
    method: choice.method,
  };
  if (choice.method === '카드') details.card = cardOf(choice, amount);
  if (choice.method === '가상계좌') details.virtualAccount = virtualAccountOf(choice, now);
  if (choice.method === '계좌이체') {
    details.transfer = { bankCode: choice.bankCode ?? DEFAULT_BANK, settlementStatus: 'INCOMPLETED' };
  }
  if (choice.method === '간편결제') {
    details.easyPay = { provider: choice.easyPayProvider ?? '토스페이', amount, discountAmount: 0 };
  }
  if (choice.method === '휴대폰') {
    details.mobilePhone = {
      customerMobilePhone: choice.customerMobilePhone ?? '01000001234',
      settlementStatus: 'INCOMPLETED',
      receiptUrl: receiptUrl(paymentKey, false),
    };
  }
  return details;
}

/** The forms of captured bodies (docs: core API reference, receipt). */
export function receiptUrl(paymentKey: string, virtualAccount: boolean): string {
  const page = virtualAccount ? 'payment-detail/bank-transfer' : 'redirection';
  return `https://dashboard.tosspayments.com/receipt/${page}?transactionId=${paymentKey}&ref=PX`;
}
