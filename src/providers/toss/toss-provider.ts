import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { tossConfig } from '../../config-namespaces.ts';
import type {
  ChargeRequest,
  ConfirmRequest,
  MerchantAccount,
  Outcome,
  PaymentProvider,
  PaymentRef,
  ProviderError,
  RefundRequest,
  Retrieval,
  SavedPaymentMethod,
  SavePaymentMethodRequest,
  Timeouts,
  TransactionsPage,
  TransactionsRequest,
  VoidRequest,
} from '../provider.port.ts';
import { TOSS_CAPABILITIES } from './capabilities.ts';
import { explain } from './code-meaning.ts';
import { outcomeFrom, retrievalFrom, savedFrom, transactionFrom } from './from-toss.ts';
import { TossClient } from './toss.client.ts';
import { parseWebhook } from './webhook.ts';

/** Toss Payments, in the words of the port. */
@Injectable()
export class TossProvider implements PaymentProvider {
  readonly name = 'toss';
  readonly capabilities = TOSS_CAPABILITIES;
  readonly merchantAccounts: readonly MerchantAccount[];
  readonly timeouts: Timeouts;
  readonly explain = explain;
  readonly parseWebhook = parseWebhook;

  constructor(
    private readonly client: TossClient,
    @Inject(tossConfig.KEY) { tossTimeoutMs, billingTimeoutMs }: ConfigType<typeof tossConfig>,
  ) {
    this.merchantAccounts = client.pairs;
    this.timeouts = { requestMs: tossTimeoutMs, chargeMs: billingTimeoutMs };
  }

  /** Approves what the buyer authenticated in the payment window, with the main account. */
  async confirm({ providerRef, orderId, amount, idempotencyKey }: ConfirmRequest): Promise<Outcome> {
    return outcomeFrom(await this.client.confirm({ paymentKey: providerRef, orderId, amount, idempotencyKey }));
  }

  /** Charges a billing key, with the billing account. Toss may need a minute. */
  async charge({ orderId, orderName, amount, method, idempotencyKey }: ChargeRequest): Promise<Outcome> {
    const { reference: billingKey, customerRef: customerKey } = method;
    const request = { billingKey, customerKey, orderId, orderName, amount, idempotencyKey };
    return outcomeFrom(await this.client.charge(request));
  }

  /** Cancels a part, or all that is left. */
  async refund(request: RefundRequest): Promise<Outcome> {
    const { account, providerRef, reason, idempotencyKey, amount, refundableAmount, refundAccount } = request;
    return outcomeFrom(
      await this.client.cancel({
        pair: account,
        paymentKey: providerRef,
        reason,
        idempotencyKey,
        amount,
        refundableAmount,
        refundReceiveAccount: refundAccount,
      }),
    );
  }

  /** 망취소: cancels all that is left. */
  void({ providerRef, account, reason, idempotencyKey }: VoidRequest): Promise<Outcome> {
    return this.refund({ providerRef, account, reason, idempotencyKey });
  }

  async retrieve({ providerRef, account }: PaymentRef): Promise<Retrieval> {
    return retrievalFrom(await this.client.lookUp(providerRef, account));
  }

  async findByOrder(orderId: string, account: MerchantAccount): Promise<Retrieval> {
    return retrievalFrom(await this.client.lookUpByOrder(orderId, account));
  }

  async listTransactions({ account, ...range }: TransactionsRequest): Promise<TransactionsPage> {
    const page = await this.client.transactions({ pair: account, ...range });
    return page.kind === 'page' ? { kind: 'page', rows: page.rows.map(transactionFrom) } : page;
  }

  /** Issues a billing key. Toss shows it this once; repeated under the same idempotency key it is shown again. */
  async savePaymentMethod(request: SavePaymentMethodRequest): Promise<SavedPaymentMethod> {
    const { authorization: authKey, customerRef: customerKey, idempotencyKey } = request;
    return savedFrom(await this.client.issueBillingKey({ authKey, customerKey, idempotencyKey }));
  }

  async deletePaymentMethod(reference: string): Promise<ProviderError | null> {
    const error = await this.client.deleteBillingKey(reference);
    return error && { code: error.code, message: error.message, answered: error.tossAnswered };
  }
}
