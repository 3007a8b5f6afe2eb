import { Module } from '@nestjs/common';
import { DraftRepository } from './draft.repository.ts';
import { InvoiceRepository } from './invoice.repository.ts';

@Module({ providers: [DraftRepository, InvoiceRepository], exports: [DraftRepository, InvoiceRepository] })
export class InvoicesModule {}
