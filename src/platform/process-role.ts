import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { programConfig } from '../config-namespaces.ts';

/** What this process does, from ROLE. The two switches that everything else follows. */
@Injectable()
export class ProcessRole {
  /** Serves the API and the pages. A process without it answers health checks and metrics only. */
  readonly servesApi: boolean;
  /** Runs jobs, pollers, renewals and deliveries. */
  readonly runsJobs: boolean;

  constructor(@Inject(programConfig.KEY) { role }: ConfigType<typeof programConfig>) {
    this.servesApi = role !== 'worker';
    this.runsJobs = role !== 'api';
  }
}
