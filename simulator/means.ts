import { koreanTime } from './clock.ts';
import { newAccountNumber } from './identifiers.ts';

/** Korean values, as Toss answers them unless asked for English. */
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
  /** Hours a virtual account stays open; 168 unless told (docs: virtual account). */
  validHours?: number;
  /** Instead of hours: the moment itself, in milliseconds. */
  dueAt?: number;
  installmentPlanMonths?: number;
  /** Masked: of a card that was typed in. */
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
export interface Means {
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
    // The sandbox answers eight zeros (captured bodies).
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
export function meansOf(choice: Choice, paymentKey: string, amount: number, now: number): Means {
  const means: Means = {
    card: null,
    virtualAccount: null,
    transfer: null,
    mobilePhone: null,
    easyPay: null,
    method: choice.method,
  };
  if (choice.method === '카드') means.card = cardOf(choice, amount);
  if (choice.method === '가상계좌') means.virtualAccount = virtualAccountOf(choice, now);
  if (choice.method === '계좌이체') {
    means.transfer = { bankCode: choice.bankCode ?? DEFAULT_BANK, settlementStatus: 'INCOMPLETED' };
  }
  if (choice.method === '간편결제') {
    means.easyPay = { provider: choice.easyPayProvider ?? '토스페이', amount, discountAmount: 0 };
  }
  if (choice.method === '휴대폰') {
    means.mobilePhone = {
      customerMobilePhone: choice.customerMobilePhone ?? '01000001234',
      settlementStatus: 'INCOMPLETED',
      receiptUrl: receiptUrl(paymentKey, false),
    };
  }
  return means;
}

/** The forms of captured bodies (docs: core API reference, receipt). */
export function receiptUrl(paymentKey: string, virtualAccount: boolean): string {
  const page = virtualAccount ? 'payment-detail/bank-transfer' : 'redirection';
  return `https://dashboard.tosspayments.com/receipt/${page}?transactionId=${paymentKey}&ref=PX`;
}
