import { useQuery } from '@tanstack/react-query';
import { api, resultOf } from '../../api/client.ts';
import { Card, Facts } from '../../ui/parts.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { renewalWords } from './renewal-words.ts';
import { SubscriptionBadge } from './subscription-badge.tsx';

/** How the buyer's last subscription ended. */
export function LastSubscription({ userId }: { userId: string }) {
  const words = useWords(renewalWords);
  const { day } = useFormat();
  const { data } = useQuery({
    queryKey: ['subscription', 'latest', userId],
    queryFn: async () =>
      (await resultOf(api.GET('/v1/subscriptions', { params: { query: { userId, limit: 1 } } }))).data[0] ?? null,
  });
  if (!data || data.isActive) return null;
  return (
    <Card title={data.plan.name} aside={<SubscriptionBadge status={data.status} />}>
      <Facts facts={[[words.endedOn, day(data.endDate)]]} />
    </Card>
  );
}
