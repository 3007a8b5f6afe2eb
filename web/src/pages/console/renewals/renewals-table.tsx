import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { cardName } from '../../../api/cards.ts';
import type { Renewal } from '../../../api/client.ts';
import { planNameIn, plansQuery } from '../../../api/queries.ts';
import { Badge } from '../../../ui/parts.tsx';
import { Empty } from '../../../ui/states.tsx';
import { Table } from '../../../ui/table.tsx';
import { useWords } from '../../../words/dictionary.ts';
import { useFormat } from '../../../words/format.ts';
import { ReleaseRenewal } from './release-renewal.tsx';
import { RENEWAL_TONES } from './renewal-states.ts';
import { renewalStateWords, renewalWords } from './renewal-words.ts';

export function RenewalsTable({ renewals }: { renewals: Renewal[] }) {
  const words = useWords(renewalWords);
  const { won, time } = useFormat();
  const { data: plans } = useQuery(plansQuery);
  if (renewals.length === 0) return <Empty>{words.empty}</Empty>;
  return (
    <Table
      label={words.renewalsOfDay}
      rows={renewals}
      keyOf={({ subscriptionId, orderId, attempt }) => `${subscriptionId}-${orderId ?? ''}-${attempt ?? ''}`}
      columns={[
        { name: words.planned, of: ({ plannedAt }) => time(plannedAt) },
        { name: words.user, of: ({ userId }) => userId },
        { name: words.plan, of: ({ planId }) => planNameIn(plans, planId) },
        { name: words.amount, number: true, of: ({ amount }) => won(amount) },
        { name: words.card, of: ({ card }) => cardName(card) },
        { name: words.result, of: (renewal) => <Result renewal={renewal} /> },
        {
          name: words.chargedAt,
          of: ({ askedAt, attempt }) =>
            askedAt && (
              <>
                {time(askedAt)} <span className="small soft">{attempt !== null && words.attempt(attempt)}</span>
              </>
            ),
        },
        {
          name: words.order,
          of: ({ orderId, userId }) =>
            orderId && (
              <Link to="/console/payments/$orderId" params={{ orderId }} aria-label={words.historyOf(userId)}>
                {words.history}
              </Link>
            ),
        },
      ]}
    />
  );
}

function Result({ renewal }: { renewal: Renewal }) {
  const states = useWords(renewalStateWords);
  return (
    <>
      <Badge tone={RENEWAL_TONES[renewal.state]}>{states[renewal.state]}</Badge>{' '}
      {renewal.code && <code>{renewal.code}</code>}
      {renewal.state === 'HELD' && <ReleaseRenewal renewal={renewal} />}
    </>
  );
}
