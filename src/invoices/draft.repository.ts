import { Injectable } from '@nestjs/common';
import { type Invoice, PrismaService, type Tx } from '../platform/database/index.ts';
import type { Line } from '../pricing/index.ts';
import { linesOf } from './invoice-lines.ts';
import { DISCARD, INSERT, LAPSE_DRAFTS } from './invoice.statements.ts';

/** A quoted order that can be paid until it expires. */
export type Draft = Invoice & { expiresAt: Date };

/** What of a draft its maker says. */
type NewDraft = Omit<Draft, 'status' | 'subscriptionId' | 'dueAt' | 'consentId' | 'paidAt'>;

/** The rows of drafts. */
@Injectable()
export class DraftRepository {
  constructor(private readonly prisma: PrismaService) {}

  async create(tx: Tx, draft: NewDraft, lines: readonly Line[]): Promise<Draft> {
    const charge = { subscriptionId: null, dueAt: null, consentId: null, paidAt: null };
    const invoices = [{ ...draft, ...charge, status: 'DRAFT' as const }];
    const [made] = await this.prisma.run(INSERT, { invoices, lines: linesOf(draft.orderId, lines) }, tx);
    return made!.invoice as Draft;
  }

  /** @param userId whose it must be; undefined: anyone's */
  async find(orderId: string, userId?: string, tx: Tx = this.prisma): Promise<Draft | null> {
    const where = { orderId, status: 'DRAFT' as const, ...(userId !== undefined && { userId }) };
    return (await tx.invoice.findFirst({ where })) as Draft | null;
  }

  /** How many drafts of a buyer have not expired. */
  countOpen(tx: Tx, userId: string, now: Date): Promise<number> {
    return tx.invoice.count({ where: { userId, status: 'DRAFT', expiresAt: { gt: now } } });
  }

  async firstExpiry(): Promise<Date | null> {
    const { _min } = await this.prisma.invoice.aggregate({ where: { status: 'DRAFT' }, _min: { expiresAt: true } });
    return _min.expiresAt;
  }

  /** The caller has locked the buyer. @returns false where there is none, or its payment is under way */
  async discard(tx: Tx, orderId: string, userId: string): Promise<boolean> {
    return (await this.prisma.run(DISCARD, { orderId, userId }, tx)).length > 0;
  }

  /** Ends what expired before an instant and is not being paid. @returns how many */
  async lapse(before: Date, limit: number): Promise<number> {
    return (await this.prisma.run(LAPSE_DRAFTS, { before, limit })).length;
  }
}
