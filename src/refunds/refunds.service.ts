import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { type Page, pageOf, uuidPositionOf } from '../platform/page.ts';
import { Problem } from '../platform/problem.ts';
import type { Refund } from '../platform/database/index.ts';
import { type RefundFilter, RefundRepository } from './refund.repository.ts';

/** Reads refunds. */
@Injectable()
export class RefundsService {
  constructor(private readonly refunds: RefundRepository) {}

  async list<View>(
    filter: RefundFilter & { limit: number; cursor?: string | undefined },
    view: (row: Refund) => View,
  ): Promise<Page<View>> {
    const rows = await this.refunds.list(filter, uuidPositionOf(filter.cursor), filter.limit + 1);
    return pageOf(rows, filter.limit, (row) => row, view);
  }

  /** @throws Problem REFUND_NOT_FOUND, also for another user's when narrowed to `userId` */
  async get(id: string, userId?: string): Promise<Refund> {
    const refund = z.uuid().safeParse(id).success ? await this.refunds.findOf(id, userId) : null;
    if (!refund) throw new Problem('REFUND_NOT_FOUND');
    return refund;
  }
}
