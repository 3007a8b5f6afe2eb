import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config.ts';

/** What this process does, from ROLE. The two switches that everything else follows. */
@Injectable()
export class ProcessRole {
  /** Serves the API and the pages. A process without it answers health checks and metrics only. */
  readonly servesApi: boolean;
  /** Runs jobs, pollers, renewals and deliveries. */
  readonly runsJobs: boolean;

  constructor(@Inject(SETTINGS) { role }: Pick<Settings, 'role'>) {
    this.servesApi = role !== 'worker';
    this.runsJobs = role !== 'api';
  }
}
