import { Injectable } from '@nestjs/common';
import { type PaymentVoid, PrismaService } from '../platform/database/index.ts';

/** A void that this instance tries until its lease ends. */
export type ClaimedVoid = Pick<PaymentVoid, 'id' | 'orderId' | 'providerRef' | 'reason' | 'attempts'>;

/** The rows of voids (망취소): money that goes back because it should not have been taken. */
@Injectable()
export class VoidRepository {
  constructor(private readonly prisma: PrismaService) {}

  /** The void of a provider payment. null: none was ever needed */
  async idOf(providerRef: string): Promise<string | null> {
    const found = await this.prisma.paymentVoid.findUnique({ where: { providerRef }, select: { id: true } });
    return found?.id ?? null;
  }

  async done(id: string, now: Date): Promise<void> {
    const data = { status: 'CANCELED' as const, canceledAt: now, nextTryAt: null, lastCode: null };
    await this.prisma.paymentVoid.update({ where: { id }, data });
  }

  async tryAgain(id: string, data: { lastCode: string; nextTryAt: Date; attempts: number }): Promise<void> {
    await this.prisma.paymentVoid.update({ where: { id }, data });
  }
}
