import { Injectable } from '@nestjs/common';
import { CustomersService } from '../customers/index.ts';
import { DraftRepository } from '../invoices/index.ts';
import { inBatches } from '../platform/database/batches.ts';
import { PrismaService } from '../platform/database/index.ts';
import { Problem } from '../platform/problem.ts';
import { Clock } from '../platform/time/clock.ts';
import type { TempOrder } from './temp-order.view.ts';

/** For this time a late buyer gets ORDER_EXPIRED; afterwards ORDER_NOT_FOUND. */
const REMEMBERED_AFTER_EXPIRY_MS = 7 * 24 * 3_600_000;

@Injectable()
export class TempOrdersService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly drafts: DraftRepository,
    private readonly customers: CustomersService,
    private readonly clock: Clock,
  ) {}

  /** @throws Problem ORDER_NOT_FOUND, also for another user's; ORDER_EXPIRED */
  async get(userId: string, orderId: string): Promise<TempOrder> {
    const order = await this.drafts.find(orderId, userId);
    if (!order) throw new Problem('ORDER_NOT_FOUND');
    if (order.expiresAt <= this.clock.now()) throw new Problem('ORDER_EXPIRED');
    return { ...order, customerKey: await this.customers.keyOf(userId) };
  }

  /**
   * The buyer changed their mind. An order whose payment is under way, or may be, stays.
   *
   * @throws Problem ORDER_NOT_FOUND, PAYMENT_IN_PROGRESS
   */
  async discard(userId: string, orderId: string): Promise<void> {
    if (!(await this.drafts.find(orderId, userId))) throw new Problem('ORDER_NOT_FOUND');
    const isDiscarded = await this.prisma.atomically(async (tx) => {
      // A confirm holds the same lock while it begins: the one that comes second sees what the first has done.
      await this.customers.lock(tx, userId);
      return this.drafts.discard(tx, orderId, userId);
    });
    if (isDiscarded) return;
    const order = await this.drafts.find(orderId, userId);
    throw new Problem(order ? 'PAYMENT_IN_PROGRESS' : 'ORDER_NOT_FOUND');
  }

  /** Ends what expired long ago and is not being paid. @returns how many */
  lapse(): Promise<number> {
    const before = new Date(this.clock.now().getTime() - REMEMBERED_AFTER_EXPIRY_MS);
    return inBatches((limit) => this.drafts.lapse(before, limit));
  }

  /** When {@link lapse} next finds something to do; null for nothing. */
  async nextLapse(): Promise<Date | null> {
    const expiresAt = await this.drafts.firstExpiry();
    return expiresAt && new Date(expiresAt.getTime() + REMEMBERED_AFTER_EXPIRY_MS);
  }
}
