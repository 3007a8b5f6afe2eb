import type { Renewal } from '../../../api/client.ts';
import type { Tone } from '../../../ui/parts.tsx';

type State = Renewal['state'];

export const RENEWAL_TONES = {
  PLANNED: 'plain',
  HELD: 'warn',
  CHARGED: 'good',
  DECLINED: 'bad',
  UNKNOWN: 'warn',
} satisfies Record<State, Tone>;

export const RENEWAL_STATES = Object.keys(RENEWAL_TONES) as State[];

/** The totals show these states even when they have no renewals. */
export const ALWAYS_SHOWN_STATES: State[] = ['PLANNED', 'CHARGED', 'DECLINED'];
