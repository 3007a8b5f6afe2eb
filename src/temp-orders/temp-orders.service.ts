import { Injectable } from '@nestjs/common';
import { CustomersService } from '../customers/index.ts';
import { inBatches } from '../platform/database/batches.ts';
import { Problem } from '../platform/problem.ts';
import { Clock } from '../platform/time/clock.ts';
import { TempOrderRepository } from './temp-order.repository.ts';
import type { TempOrderWithCustomer } from './temp-order.view.ts';

/** For this time a late buyer gets ORDER_EXPIRED; afterwards ORDER_NOT_FOUND. */
const REMEMBERED_AFTER_EXPIRY_MS = 7 * 24 * 3_600_000;

@Injectable()
export class TempOrdersService {
  constructor(
    private readonly repository: TempOrderRepository,
    private readonly customers: CustomersService,
    private readonly clock: Clock,
  ) {}

  /** @throws Problem ORDER_NOT_FOUND, also for another user's; ORDER_EXPIRED */
  async get(userId: string, orderId: string): Promise<TempOrderWithCustomer> {
    const order = await this.repository.find(orderId, userId);
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
    if (await this.repository.discard(orderId, userId)) return;
    const order = await this.repository.find(orderId, userId);
    throw new Problem(order ? 'PAYMENT_IN_PROGRESS' : 'ORDER_NOT_FOUND');
  }

  /** Deletes what expired long ago and is not being paid. @returns how many */
  purge(): Promise<number> {
    const before = new Date(this.clock.now().getTime() - REMEMBERED_AFTER_EXPIRY_MS);
    return inBatches((limit) => this.repository.purge(before, limit));
  }

  /** When {@link purge} next finds something to do; null for nothing. */
  async nextPurge(): Promise<Date | null> {
    const expiresAt = await this.repository.firstExpiry();
    return expiresAt && new Date(expiresAt.getTime() + REMEMBERED_AFTER_EXPIRY_MS);
  }
}
