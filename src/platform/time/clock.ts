import { Injectable } from '@nestjs/common';

/** The program's time. Every module reads it here. The sandbox may move it. */
@Injectable()
export class Clock {
  /** Milliseconds between the real time and the program's; moved by the sandbox alone. */
  offsetMs = 0;

  now(): Date {
    return new Date(Date.now() + this.offsetMs);
  }
}
