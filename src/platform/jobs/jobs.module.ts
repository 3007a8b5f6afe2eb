import { Global, Module } from '@nestjs/common';
import { JobsService } from './jobs.service.ts';
import { Queues } from './queues.ts';

@Global()
@Module({ providers: [JobsService, Queues], exports: [JobsService, Queues] })
export class JobsModule {}
