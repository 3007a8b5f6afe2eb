import { Global, Module } from '@nestjs/common';
import { BusinessCalendar } from './time/business-calendar.ts';
import { Clock } from './time/clock.ts';
import { SecretBox } from './crypto/secret-box.ts';
import { ProcessRole } from './process-role.ts';
import { WorkerRequests } from './worker-requests.ts';

const PROVIDERS = [Clock, BusinessCalendar, SecretBox, ProcessRole, WorkerRequests];

@Global()
@Module({ providers: PROVIDERS, exports: PROVIDERS })
export class CommonModule {}
