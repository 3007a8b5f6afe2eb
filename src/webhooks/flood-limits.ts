import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { metrics } from '../platform/metrics.ts';
import { networkOf } from './sender-network.ts';

/** Per network. Of what is not about an order of ours, Toss sends a few. */
const RATE = { points: 600, duration: 60 };
/** What a row of type, time and hash takes, with its index entries. */
const DIGEST_BYTES = 512;
/** Of all networks together: less than 300 MB in the three days that such rows are kept. */
const BUDGET = { points: 64 * 1_024, duration: 60 };

/** Whether what is not about an order of ours is kept. */
export type Verdict = { kind: 'keep' } | { kind: 'drop' } | { kind: 'refuse'; retryAfterSeconds: number };

/**
 * How much of what is not about an order of ours one instance keeps. See docs/decisions/what-is-kept-of-webhooks.md.
 */
@Injectable()
export class FloodLimits {
  private readonly rate = new RateLimiterMemory(RATE);
  private readonly budget = new RateLimiterMemory(BUDGET);

  /** Counts one more event from an address. */
  async take(address: string): Promise<Verdict> {
    const refused = await exceeded(this.rate.consume(networkOf(address)));
    if (refused) {
      metrics.webhooksNotKept.inc({ reason: 'rate' });
      return { kind: 'refuse', retryAfterSeconds: Math.max(1, Math.ceil(refused.msBeforeNext / 1_000)) };
    }
    if (!(await exceeded(this.budget.consume('all', DIGEST_BYTES)))) return { kind: 'keep' };
    metrics.webhooksNotKept.inc({ reason: 'budget' });
    return { kind: 'drop' };
  }
}

/** The limiter rejects with its state; anything else is a defect. */
async function exceeded(consumed: Promise<RateLimiterRes>): Promise<RateLimiterRes | null> {
  try {
    await consumed;
    return null;
  } catch (error) {
    if (error instanceof RateLimiterRes) return error;
    throw error;
  }
}
