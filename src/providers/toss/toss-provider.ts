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
    this.merchantAccounts = client.accounts;
    this.timeouts = { requestMs: tossTimeoutMs, chargeMs: billingTimeoutMs };
  }

  /** Approves what the buyer authenticated in the payment window, with the main account. */
  confirm({ providerRef, orderId, amount, idempotencyKey }: ConfirmRequest): Promise<Outcome> {
    return this.client.confirm({ paymentKey: providerRef, orderId, amount, idempotencyKey });
  }

  /** Charges a billing key, with the billing account. Toss may need a minute. */
  charge({ orderId, orderName, amount, method, idempotencyKey }: ChargeRequest): Promise<Outcome> {
    const { reference: billingKey, customerRef: customerKey } = method;
    return this.client.charge({ billingKey, customerKey, orderId, orderName, amount, idempotencyKey });
  }

  /** Cancels a part, or all that is left. */
  refund({ providerRef, refundAccount, ...request }: RefundRequest): Promise<Outcome> {
    return this.client.cancel({ ...request, paymentKey: providerRef, refundReceiveAccount: refundAccount });
  }

  /** 망취소: cancels all that is left. */
  void({ providerRef, account, reason, idempotencyKey }: VoidRequest): Promise<Outcome> {
    return this.refund({ providerRef, account, reason, idempotencyKey });
  }

  retrieve({ providerRef, account }: PaymentRef): Promise<Retrieval> {
    return this.client.retrieve(providerRef, account);
  }

  findByOrder(orderId: string, account: MerchantAccount): Promise<Retrieval> {
    return this.client.retrieveByOrder(orderId, account);
  }

  listTransactions(request: TransactionsRequest): Promise<TransactionsPage> {
    return this.client.transactions(request);
  }

  /** Issues a billing key. Toss shows it this once; repeated under the same idempotency key it is shown again. */
  savePaymentMethod(request: SavePaymentMethodRequest): Promise<SavedPaymentMethod> {
    const { authorization: authKey, customerRef: customerKey, idempotencyKey } = request;
    return this.client.issueBillingKey({ authKey, customerKey, idempotencyKey });
  }

  deletePaymentMethod(reference: string): Promise<ProviderError | null> {
    return this.client.deleteBillingKey(reference);
  }
}
