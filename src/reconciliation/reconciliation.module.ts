import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.ts';
import { SyncPaymentModule } from '../workflows/sync-payment/index.ts';
import { ProvidersModule } from '../providers/index.ts';
import { Reconciler } from './reconciler.ts';
import { ReconciliationController } from './reconciliation.controller.ts';
import { RecordedMovements } from './recorded-movements.ts';

@Module({
  imports: [AuditModule, SyncPaymentModule, ProvidersModule],
  controllers: [ReconciliationController],
  providers: [Reconciler, RecordedMovements],
  exports: [Reconciler],
})
export class ReconciliationModule {}
