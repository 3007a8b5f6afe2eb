import type { Subscription } from '../../api/client.ts';
import { Badge, type Tone } from '../../ui/parts.tsx';
import { useWords } from '../../words/dictionary.ts';
import { subscriptionStatusWords } from './renewal-words.ts';

const TONES = {
  TRIALING: 'accent',
  ACTIVE: 'good',
  PAST_DUE: 'bad',
  CANCELED: 'plain',
  EXPIRED: 'plain',
} satisfies Record<Subscription['status'], Tone>;

export function SubscriptionBadge({ status }: { status: Subscription['status'] }) {
  return <Badge tone={TONES[status]}>{useWords(subscriptionStatusWords)[status]}</Badge>;
}
