import { Module } from '@nestjs/common';
import { TossClient } from './toss.client.ts';

@Module({ providers: [TossClient], exports: [TossClient] })
export class TossModule {}
