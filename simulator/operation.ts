import type { ApiResponse, Language } from './errors.ts';
import type { FaultPoint } from './fault-kinds.ts';
import type { Fault, Subject } from './faults.ts';

/** One request, as an operation sees it. */
export interface Call {
  params: Record<string, string>;
  query: Record<string, string>;
  body: unknown;
  secretKey: string;
  language: Language;
  fault: Fault | undefined;
}

/** One endpoint of the Toss API. `run` is synchronous: one transaction holds it and its idempotency record. */
export interface Operation {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  on: FaultPoint;
  /** The order and payment of the request, by which faults and the request log find it. */
  subject(call: Call): Subject;
  run(call: Call): ApiResponse;
}
