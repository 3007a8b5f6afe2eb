import type { Answer, Api } from './api.ts';

const AHEAD_MS = 9 * 3_600_000;

/** The sandbox's clock, in Seoul's time: jobs that fall due on the way have run when a move is answered. */
export class SandboxClock {
  constructor(private readonly api: Api) {}

  /** @param time in Seoul, e.g. `2027-03-01T12:00` */
  at(time: string): Promise<Answer> {
    return this.set(`${time}+09:00`);
  }

  /** @param instant with its offset */
  set(instant: string): Promise<Answer> {
    return this.move({ set: instant });
  }

  /** @param duration as ISO 8601 writes it, e.g. `PT30S` */
  advance(duration: string): Promise<Answer> {
    return this.move({ advance: duration });
  }

  reset(): Promise<Answer> {
    return this.move({ reset: true });
  }

  private async move(move: object): Promise<Answer> {
    const answer = await this.api.post('/v1/sandbox/clock', move);
    if (answer.status !== 200) throw new Error(`${JSON.stringify(move)}: ${JSON.stringify(answer.body)}`);
    return answer;
  }
}

/** `2027-03-01`: the day in Seoul of an instant. */
export function seoulDay(instant: string): string {
  return seoulMinute(instant).slice(0, 10);
}

/** `2027-03-01T12:00`: the minute in Seoul of an instant. */
export function seoulMinute(instant: string): string {
  return new Date(Date.parse(instant) + AHEAD_MS).toISOString().slice(0, 16);
}
