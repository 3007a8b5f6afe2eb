import { Injectable } from '@nestjs/common';
import { inBatches } from '../platform/database/batches.ts';
import { Clock } from '../platform/time/clock.ts';
import { PaymentRepository } from './payment.repository.ts';

const KEPT_FOR_MS = 7 * 24 * 3_600_000;

/**
 * Deletes payments whose window failed and that were never tried again; their invoices stay. No provider knows these
 * payments, and any buyer can make as many as they like.
 */
@Injectable()
export class PaymentPurge {
  constructor(
    private readonly clock: Clock,
    private readonly payments: PaymentRepository,
  ) {}

  /** @returns how many payments, each with its attempts */
  async run(): Promise<number> {
    const before = new Date(this.clock.now().getTime() - KEPT_FOR_MS);
    return inBatches((limit) => this.payments.purgeUntried(before, limit));
  }
}
