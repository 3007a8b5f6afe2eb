import { Body, Controller, Get, Headers, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Origin, type RequestOrigin } from '../../audit/index.ts';
import { ForOperators } from '../../auth/index.ts';
import { cardView, viewCard } from '../../payment-methods/index.ts';
import { Answers } from '../../platform/http/answers.ts';
import { pageOf, pageQuery } from '../../platform/page.ts';
import { type Language, languageOf } from '../../platform/problem.ts';
import { knownSubscription, type Pause, RenewalSwitch, subscriptionIdParam } from '../../subscriptions/index.ts';
import { ReleaseRenewal } from './release-renewal.ts';
import { DAY_STATES, type DayRow, type DayTotals, RenewalDay } from './renewal-day.ts';

const day = z.iso.date().refine((text) => text >= '2000-01-01' && text < '2200-01-01', 'from 2000 to 2199');
const dayQuery = pageQuery.extend({ date: day.optional().describe('of the business calendar; today by default') });
const pauseBody = z.strictObject({ reason: z.string().min(1).max(500) });

const switchView = z
  .object({
    paused: z.boolean(),
    pausedAt: z.iso.datetime().nullable(),
    pausedBy: z.string().nullable(),
    reason: z.string().nullable(),
  })
  .meta({ id: 'RenewalSwitch' });
const total = z.object({ count: z.int(), amount: z.int().describe('whole won') });
const rowView = z
  .object({
    subscriptionId: z.uuid(),
    userId: z.string(),
    planId: z.int(),
    state: z.enum(DAY_STATES).describe('`PLANNED`: not requested yet; `HELD`: waits for an operator; else the outcome'),
    plannedAt: z.iso.datetime(),
    amount: z.int().describe('whole won: as of today, or as it was requested'),
    card: cardView,
    orderId: z.string().nullable(),
    attempt: z.int().nullable(),
    askedAt: z.iso.datetime().nullable(),
    code: z.string().nullable().describe("Toss's code, or ours"),
  })
  .meta({ id: 'Renewal' });
const dayView = z
  .object({
    date: z.string(),
    switch: switchView,
    totals: z.object(Object.fromEntries(DAY_STATES.map((state) => [state, total]))),
    data: z.array(rowView),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'RenewalDay' });

@ApiTags('Operations')
@ForOperators()
@Controller('v1/operations/renewals')
export class RenewalsController {
  constructor(
    private readonly days: RenewalDay,
    private readonly renewalSwitch: RenewalSwitch,
    private readonly releasing: ReleaseRenewal,
  ) {}

  /**
   * Which cards are charged how much on a day: before it comes, and afterwards plan beside fact. In the order of the
   * day.
   */
  @Get()
  @ApiOperation({ summary: 'List the renewals of a day' })
  @Answers(200, dayView, 'VALIDATION_FAILED', 'UNAUTHENTICATED', 'FORBIDDEN')
  async day(
    @Query({ schema: dayQuery }) { date = this.days.today(), ...page }: z.infer<typeof dayQuery>,
    @Headers('accept-language') languages: string | undefined,
  ) {
    const rows = await this.days.rows(date, page);
    const totals = await this.days.totals(date);
    return viewDay(date, await this.renewalSwitch.read(), totals, rows, page.limit, languageOf(languages));
  }

  /** Stops all renewals. Charges that are under way come to their end; nothing expires for want of one. */
  @Post('pause')
  @ApiOperation({ summary: 'Pause all renewals' })
  @Answers(200, switchView, 'VALIDATION_FAILED', 'UNAUTHENTICATED', 'FORBIDDEN')
  async pause(@Origin() origin: RequestOrigin, @Body({ schema: pauseBody }) { reason }: z.infer<typeof pauseBody>) {
    return viewSwitch(await this.renewalSwitch.pause(origin, reason));
  }

  /** Lets them go on: what fell due meanwhile is charged, at most one period of each subscription. */
  @Post('resume')
  @ApiOperation({ summary: 'Resume all renewals' })
  @Answers(200, switchView, 'UNAUTHENTICATED', 'FORBIDDEN')
  async resume(@Origin() origin: RequestOrigin) {
    return viewSwitch(await this.renewalSwitch.resume(origin));
  }

  /**
   * Lets a renewal go on that is on hold: several periods were due, a wrong amount was taken, or a defect stood in its
   * way.
   */
  @Post(':subscriptionId/release')
  @ApiOperation({ summary: 'Release a renewal that waits for an operator' })
  @Answers(
    200,
    z.object({ subscriptionId: z.uuid(), nextChargeAt: z.iso.datetime() }),
    'UNAUTHENTICATED',
    'FORBIDDEN',
    'SUBSCRIPTION_NOT_FOUND',
    'NOTHING_HELD',
  )
  async release(@Origin() origin: RequestOrigin, @Param('subscriptionId', { schema: subscriptionIdParam }) id: string) {
    const nextChargeAt = await this.releasing.release(knownSubscription(id), origin);
    return { subscriptionId: id, nextChargeAt: nextChargeAt.toISOString() };
  }
}

function viewDay(
  date: string,
  pause: Pause,
  totals: DayTotals,
  rows: DayRow[],
  limit: number,
  language: Language,
): z.infer<typeof dayView> {
  const position = ({ plannedAt, subscriptionId }: DayRow) => ({ createdAt: plannedAt, id: subscriptionId });
  const { data, nextCursor } = pageOf(rows, limit, position, (row) => viewRow(row, language));
  return { date, switch: viewSwitch(pause), totals, data, nextCursor };
}

function viewSwitch({ pausedAt, pausedBy, reason }: Pause): z.infer<typeof switchView> {
  return { paused: pausedAt !== null, pausedAt: pausedAt?.toISOString() ?? null, pausedBy, reason };
}

function viewRow(row: DayRow, language: Language): z.infer<typeof rowView> {
  const { subscriptionId, userId, planId, state, amount, orderId, attempt, code } = row;
  return {
    subscriptionId,
    userId,
    planId,
    state,
    plannedAt: row.plannedAt.toISOString(),
    amount,
    card: viewCard(row, language),
    orderId,
    attempt,
    askedAt: row.requestedAt?.toISOString() ?? null,
    code,
  };
}
