import { Module } from '@nestjs/common';
import { TossClient } from './toss.client.ts';
import { TossProvider } from './toss-provider.ts';

@Module({ providers: [TossClient, TossProvider], exports: [TossProvider] })
export class TossModule {}
