import { Controller, Get, Headers, Param } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { ForOperators } from '../../auth/index.ts';
import { Answers } from '../../platform/http/answers.ts';
import { languageOf } from '../../platform/problem.ts';
import { AttemptOutcome, PaymentVoidStatus } from '../../platform/database/index.ts';
import { periodView, viewPeriod } from '../../subscriptions/index.ts';
import { paymentView, viewPayment } from '../../payments/index.ts';
import { PaymentHistory } from './payment-history.ts';

const time = z.iso.datetime();
const historyView = z
  .object({
    payment: paymentView
      .extend({
        cardNumber: z.string().nullable().describe('masked by Toss'),
        mobilePhone: z.string().nullable().describe('the number that was charged, masked; null: not by phone'),
        nextLookAt: time.nullable().describe('when Toss is looked at next'),
      })
      .nullable()
      .describe('null: no payment was requested'),
    tempOrder: z
      .object({ amount: z.int(), balanceUsed: z.int(), createdAt: time, expiresAt: time })
      .nullable()
      .describe('null: paid, withdrawn or purged'),
    attempts: z.array(
      z.object({
        number: z.int(),
        paymentKey: z.string().nullable(),
        outcome: z.enum(AttemptOutcome).nullable().describe('null: under way, or its process died'),
        code: z.string().nullable().describe("Toss's, or ours for what Toss did not say"),
        message: z.string().nullable(),
        requestId: z.string().nullable(),
        askedAt: time,
        answeredAt: time.nullable(),
      }),
    ),
    period: periodView
      .extend({ subscriptionId: z.uuid() })
      .nullable()
      .describe('what it paid for; null: nothing, or an event'),
    netCancels: z.array(
      z.object({
        id: z.uuid(),
        paymentKey: z.string(),
        reason: z.string(),
        status: z.enum(PaymentVoidStatus),
        lastCode: z.string().nullable(),
        createdAt: time,
        canceledAt: time.nullable(),
      }),
    ),
  })
  .meta({ id: 'PaymentStory' });

@ApiTags('Payments')
@ForOperators()
@Controller('v1/payments')
export class PaymentHistoryController {
  constructor(private readonly histories: PaymentHistory) {}

  /**
   * The history of one order: what was ordered, the newest 100 attempts with Toss's answers in their order, what
   * it granted.
   */
  @Get(':orderId/story')
  @ApiOperation({ operationId: 'StoryController_story', summary: 'Read everything that is known about an order' })
  @Answers(200, historyView, 'UNAUTHENTICATED', 'FORBIDDEN', 'PAYMENT_NOT_FOUND')
  async history(
    @Param('orderId', { schema: z.string().max(64) }) orderId: string,
    @Headers('accept-language') languages: string | undefined,
  ): Promise<z.infer<typeof historyView>> {
    const { payment, tempOrder, attempts, period, voids } = await this.histories.of(orderId);
    return {
      payment: payment && {
        ...viewPayment(payment, languageOf(languages)),
        cardNumber: payment.cardNumber,
        mobilePhone: payment.mobilePhone,
        nextLookAt: iso(payment.nextPollAt),
      },
      tempOrder: tempOrder && {
        amount: tempOrder.amount,
        balanceUsed: tempOrder.balanceUsed,
        createdAt: iso(tempOrder.createdAt),
        expiresAt: iso(tempOrder.expiresAt),
      },
      attempts: attempts.map(({ number, providerRef, outcome, code, message, requestId, requestedAt, answeredAt }) => ({
        number,
        paymentKey: providerRef,
        outcome,
        code,
        message,
        requestId,
        askedAt: iso(requestedAt),
        answeredAt: iso(answeredAt),
      })),
      period: period && { ...viewPeriod(period), subscriptionId: period.subscriptionId },
      netCancels: voids.map(({ id, providerRef, reason, status, lastCode, createdAt, canceledAt }) => ({
        id,
        paymentKey: providerRef,
        reason,
        status,
        lastCode,
        createdAt: iso(createdAt),
        canceledAt: iso(canceledAt),
      })),
    };
  }
}

function iso(instant: Date): string;
function iso(instant: Date | null): string | null;
function iso(instant: Date | null): string | null {
  return instant && instant.toISOString();
}
