import { Injectable } from '@nestjs/common';
import type { Plan } from '../catalog/index.ts';
import { type Invoice, type PaymentStatus, PrismaService, type Tx } from '../platform/database/index.ts';
import type { Line } from '../pricing/index.ts';
import { linesOf } from './invoice-lines.ts';
import { invoiceAfter } from './invoice.machine.ts';
import { INSERT, LAPSE, LAPSE_PAST_DUE } from './invoice.statements.ts';

/** An invoice with its plan as it is today. */
export type InvoiceWithPlan = Invoice & { plan: Plan };

/** The rows of invoices, but for what a charge begins and what its outcome means. */
@Injectable()
export class InvoiceRepository {
  constructor(private readonly prisma: PrismaService) {}

  async create(tx: Tx, invoice: Invoice, lines: readonly Line[]): Promise<void> {
    await this.prisma.run(INSERT, { invoices: [invoice], lines: linesOf(invoice.orderId, lines) }, tx);
  }

  /** Gives an invoice the status that follows from its payment's. The caller has locked the payment. */
  async follow(tx: Tx, { orderId, status: before }: Invoice, payment: PaymentStatus): Promise<void> {
    const status = invoiceAfter(before, payment);
    if (status !== before) await tx.invoice.update({ where: { orderId, status: before }, data: { status } });
  }

  /** Ends declined renewals: the caller makes other invoices for the same periods. */
  async lapse(tx: Tx, orderIds: readonly string[]): Promise<void> {
    if (orderIds.length > 0) await this.prisma.run(LAPSE, { orderIds }, tx);
  }

  /** Ends declined renewals that nobody pays any more. @returns how many */
  async lapsePastDue(limit: number): Promise<number> {
    return (await this.prisma.run(LAPSE_PAST_DUE, { limit })).length;
  }
}
