import { Global, Module } from '@nestjs/common';
import { BusinessTime } from './business-time.ts';
import { Clock } from './clock.ts';
import { SecretBox } from './secret-box.ts';

@Global()
@Module({ providers: [Clock, BusinessTime, SecretBox], exports: [Clock, BusinessTime, SecretBox] })
export class CommonModule {}
