import { Global, Module } from '@nestjs/common';
import { BusinessCalendar } from './time/business-calendar.ts';
import { Clock } from './time/clock.ts';
import { SecretBox } from './crypto/secret-box.ts';

@Global()
@Module({ providers: [Clock, BusinessCalendar, SecretBox], exports: [Clock, BusinessCalendar, SecretBox] })
export class CommonModule {}
