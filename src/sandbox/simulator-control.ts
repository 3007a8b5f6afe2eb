import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { Problem } from '../platform/problem.ts';
import { tossConfig } from '../config-namespaces.ts';

/** The simulator's control plane, which only this machine may call: the pages reach it through this instance. */
@Injectable()
export class SimulatorControl {
  constructor(@Inject(tossConfig.KEY) private readonly toss: ConfigType<typeof tossConfig>) {}

  /**
   * @throws Problem NOT_FOUND where the sandbox runs without a simulator or the simulator knows no such thing,
   *   VALIDATION_FAILED where it makes no sense
   */
  async call(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<unknown> {
    const { simulatorUrl } = this.toss;
    if (simulatorUrl === null) throw new Problem('NOT_FOUND');
    const answer = await fetch(simulatorUrl + path, {
      method,
      ...(body && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (answer.ok) return answer.json();
    const message = await answer.text();
    throw new Problem(
      answer.status === 404 ? 'NOT_FOUND' : 'VALIDATION_FAILED',
      answer.status === 404 ? {} : { errors: [{ path: '', message: message.slice(0, 500) }] },
    );
  }
}
