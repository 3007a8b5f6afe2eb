import { type Status, statusWords } from '../words/common.ts';
import { useWords } from '../words/dictionary.ts';
import { Badge, type Tone } from './parts.tsx';

const TONES = {
  PENDING: 'warn',
  WAITING_FOR_DEPOSIT: 'warn',
  SUCCESS: 'good',
  FAILED: 'bad',
  EXPIRED: 'bad',
  PARTIALLY_REFUNDED: 'accent',
  REFUNDED: 'plain',
} satisfies Record<Status, Tone>;

export function StatusBadge({ status }: { status: Status }) {
  return <Badge tone={TONES[status]}>{useWords(statusWords)[status]}</Badge>;
}
