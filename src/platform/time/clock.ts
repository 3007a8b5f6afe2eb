import { Injectable } from '@nestjs/common';

/** The only one who knows what time it is. Ahead of the real time in the sandbox, when somebody moved it. */
@Injectable()
export class Clock {
  /** Milliseconds between the real time and the program's; moved by the sandbox alone. */
  offsetMs = 0;

  now(): Date {
    return new Date(Date.now() + this.offsetMs);
  }
}
