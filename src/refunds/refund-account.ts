import { Injectable } from '@nestjs/common';
import { sealedColumn } from '../platform/crypto/reseal.ts';
import { SecretBox } from '../platform/crypto/secret-box.ts';
import type { RefundAccount } from '../providers/index.ts';

/** Where a sealed account stands: it opens nowhere else. */
const placeOfRefund = (refundId: string) => `refund:${refundId}`;
export const SEALED_REFUND_ACCOUNTS = sealedColumn('refund', 'sealed_account', placeOfRefund);

/**
 * The bank account that a buyer names for the money of a virtual account. It is kept in full, and sealed, only for as
 * long as the refund may have to be requested.
 */
@Injectable()
export class RefundAccounts {
  constructor(private readonly box: SecretBox) {}

  seal(refundId: string, account: RefundAccount): string {
    return this.box.seal(JSON.stringify(account), placeOfRefund(refundId));
  }

  open(refundId: string, sealed: string): RefundAccount {
    return JSON.parse(this.box.open(sealed, placeOfRefund(refundId))) as RefundAccount;
  }
}

/** As it may be shown and kept: the last four digits, the first letter of the name. */
export function masked({ bank, accountNumber, holderName }: RefundAccount): RefundAccount {
  const [initial = '', ...rest] = holderName;
  return {
    bank,
    accountNumber: accountNumber.slice(-4).padStart(accountNumber.length, '*'),
    holderName: initial + '*'.repeat(rest.length),
  };
}
