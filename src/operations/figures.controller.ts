import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { ForOperators } from '../auth/index.ts';
import { Answers } from '../platform/http/answers.ts';
import { BusinessCalendar } from '../platform/time/business-calendar.ts';
import { Clock } from '../platform/time/clock.ts';
import { Problem } from '../platform/problem.ts';
import { DailyFigures } from './daily-figures.ts';

const MAX_DAYS = 366;

const day = z.iso.date().refine((text) => text >= '2000-01-01' && text < '2200-01-01', 'from 2000 to 2199');
const figuresQuery = z.object({ from: day.optional(), to: day.optional() });
const dayFigures = z
  .object({
    day,
    revenue: z.int().describe('won that Toss approved on this day'),
    payments: z.int(),
    refunded: z.int().describe('won that went back on this day'),
    refunds: z.int(),
    activeSubscriptions: z.int().describe('live at some time of this day'),
  })
  .meta({ id: 'DayFigures' });

@ApiTags('Operations')
@ForOperators()
@Controller('v1/operations/daily-figures')
export class FiguresController {
  constructor(
    private readonly figures: DailyFigures,
    private readonly calendar: BusinessCalendar,
    private readonly clock: Clock,
  ) {}

  /** Every day of the business calendar, oldest first; unless given, from 30 days before `to`, to today. */
  @Get()
  @ApiOperation({ summary: 'Read the figures of each day' })
  @Answers(200, z.object({ data: z.array(dayFigures) }), 'VALIDATION_FAILED', 'UNAUTHENTICATED', 'FORBIDDEN')
  async daily(@Query({ schema: figuresQuery }) query: z.infer<typeof figuresQuery>) {
    const to = query.to ?? this.calendar.day(this.clock.now());
    const from = query.from ?? this.calendar.day(this.calendar.midnightOf(to, -30));
    const days = this.calendar.daysBetween(this.calendar.midnightOf(from), this.calendar.midnightOf(to)) + 1;
    if (days > MAX_DAYS)
      throw new Problem('VALIDATION_FAILED', { errors: [{ path: 'from', message: `at most ${MAX_DAYS} days` }] });
    return { data: days < 1 ? [] : await this.figures.between(from, to) };
  }
}
