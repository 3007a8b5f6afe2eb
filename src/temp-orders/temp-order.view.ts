import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { httpConfig, tossConfig } from '../config-namespaces.ts';
import type { Draft } from '../invoices/index.ts';
import { publicUrl } from '../platform/http/public-url.ts';
import { changeQuoteView } from '../pricing/index.ts';

const prorationView = changeQuoteView.extend({ fromPlanId: z.int() }).meta({ id: 'Proration' });

export const tempOrderView = z
  .object({
    orderId: z.string(),
    orderName: z.string(),
    planId: z.int(),
    amount: z
      .int()
      .describe(
        'whole won; what the payment window must be opened with. ' +
          '0: the balance covers it; confirm it with `{orderId, amount: 0}`',
      ),
    currency: z.string(),
    customerKey: z.string().describe("the buyer's name at Toss"),
    clientKey: z.string().describe("Toss's public key for the browser SDK"),
    successUrl: z.url(),
    failUrl: z.url(),
    balanceUsed: z.int().describe("of the buyer's balance, in won; amount + this is what is bought"),
    proration: prorationView.nullable().describe('how the amount came about, when it buys a change of plan'),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'TempOrder' });

export type TempOrder = Draft & { customerKey: string };

/** Shows an order as a page needs it that opens the payment window. */
@Injectable()
export class TempOrderViewer {
  constructor(
    @Inject(httpConfig.KEY) private readonly http: ConfigType<typeof httpConfig>,
    @Inject(tossConfig.KEY) private readonly toss: ConfigType<typeof tossConfig>,
  ) {}

  view(order: TempOrder, request: FastifyRequest): z.infer<typeof tempOrderView> {
    const here = publicUrl(this.http, request);
    const { orderId, orderName, planId, amount, currency, customerKey, balanceUsed, change, expiresAt } = order;
    return {
      ...{ orderId, orderName, planId, amount, currency, customerKey, balanceUsed },
      clientKey: this.toss.tossClientKey,
      successUrl: `${here}/v1/payments/success`,
      // Toss sends no order id when the buyer closes the window: ours is in the path.
      failUrl: `${here}/v1/payments/fail/${orderId}`,
      // What was stored is what was quoted, its instants as text; what only the confirm needs is left out.
      proration: change === null ? null : prorationView.parse(change),
      expiresAt: expiresAt.toISOString(),
    };
  }
}
