import { Global, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { DailyRuns } from './daily-runs.ts';
import { JobRegistry } from './job-registry.ts';
import { JobRunner } from './job-runner.ts';
import { JobsService } from './jobs.service.ts';
import { Queues } from './queues.ts';

@Global()
@Module({
  imports: [ScheduleModule.forRoot()],
  providers: [JobsService, Queues, JobRegistry, JobRunner, DailyRuns],
  exports: [JobsService, Queues, JobRegistry, JobRunner],
})
export class JobsModule {}
