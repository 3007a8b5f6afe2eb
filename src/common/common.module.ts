import { Global, Module } from '@nestjs/common';
import { BusinessTime } from './business-time.ts';
import { Clock } from './clock.ts';

@Global()
@Module({ providers: [Clock, BusinessTime], exports: [Clock, BusinessTime] })
export class CommonModule {}
