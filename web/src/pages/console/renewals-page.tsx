import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { cardName } from '../../api/cards.ts';
import { answerOf, api, type Renewal, type RenewalDay } from '../../api/client.ts';
import { plansQuery } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Pages } from '../../ui/pages.tsx';
import { Badge, Card, type Tone } from '../../ui/parts.tsx';
import { Empty, Loaded } from '../../ui/states.tsx';
import { Table } from '../../ui/table.tsx';
import { common } from '../../words/common.ts';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { Release } from './release.tsx';
import { Switch } from './renewal-switch.tsx';
import { renewals, renewalStates } from './renewals-words.ts';

const TONES = { PLANNED: 'plain', HELD: 'warn', CHARGED: 'good', DECLINED: 'bad', UNKNOWN: 'warn' } satisfies Record<
  Renewal['state'],
  Tone
>;
const STATES = Object.keys(TONES) as Renewal['state'][];
/** Shown also where there are none. */
const USUAL: Renewal['state'][] = ['PLANNED', 'CHARGED', 'DECLINED'];
const LOOKED_AGAIN_MS = 10_000;

/** One day of renewals, plan beside fact; what is past due; and the switch that stops them all. */
export function RenewalsPage() {
  const words = useWords(renewals);
  const { more } = useWords(common);
  // Unless one is chosen, the program's own today, which the sandbox may have moved.
  const [date, setDate] = useState<string>();
  const day = useInfiniteQuery({
    queryKey: ['renewals', 'day', date],
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET('/v1/operations/renewals', { params: { query: { date, ...(pageParam && { cursor: pageParam }) } } }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: LOOKED_AGAIN_MS,
  });
  const first = day.data?.pages[0];
  return (
    <div className="stack">
      <div className="row apart">
        <h1>{words.title}</h1>
        <div className="row">
          {/* An empty date is one that is being typed: the day that was shown stays. */}
          <Field
            label={words.day}
            type="date"
            value={date ?? first?.date ?? ''}
            onChange={(chosen) => chosen && setDate(chosen)}
          />
        </div>
      </div>
      <p className="soft">{words.hint}</p>
      <Loaded query={day}>
        {({ pages }) => (
          <>
            <Switch state={pages[0]!.switch} />
            <Totals totals={pages[0]!.totals} />
            <Card title={words.rows}>
              <Rows rows={pages.flatMap(({ data }) => data)} />
              {day.hasNextPage && (
                <div>
                  <Button small onPress={() => void day.fetchNextPage()} isPending={day.isFetchingNextPage}>
                    {more}
                  </Button>
                </div>
              )}
            </Card>
          </>
        )}
      </Loaded>
      <PastDue />
    </div>
  );
}

function Totals({ totals }: { totals: RenewalDay['totals'] }) {
  const words = useWords(renewals);
  const states = useWords(renewalStates);
  const { won } = useFormat();
  return (
    <div className="totals">
      {STATES.filter((state) => USUAL.includes(state) || totals[state].count > 0).map((state) => (
        <Card key={state} label={`${words.totals}: ${states[state]}`}>
          <span className="soft">{states[state]}</span>
          <strong>{won(totals[state].amount)}</strong>
          <span className="small soft">{words.count(totals[state].count)}</span>
        </Card>
      ))}
    </div>
  );
}

function usePlanNames() {
  const { data: plans } = useQuery(plansQuery);
  return (planId: number) => plans?.find(({ id }) => id === planId)?.name ?? String(planId);
}

function Rows({ rows }: { rows: Renewal[] }) {
  const words = useWords(renewals);
  const states = useWords(renewalStates);
  const { won, time } = useFormat();
  const nameOf = usePlanNames();
  if (rows.length === 0) return <Empty>{words.none}</Empty>;
  return (
    <Table
      label={words.rows}
      rows={rows}
      keyOf={({ subscriptionId, orderId, attempt }) => `${subscriptionId}-${orderId ?? ''}-${attempt ?? ''}`}
      columns={[
        { name: words.planned, of: ({ plannedAt }) => time(plannedAt) },
        { name: words.user, of: ({ userId }) => userId },
        { name: words.plan, of: ({ planId }) => nameOf(planId) },
        { name: words.amount, number: true, of: ({ amount }) => won(amount) },
        { name: words.card, of: ({ card }) => cardName(card) },
        {
          name: words.result,
          of: (renewal) => (
            <>
              <Badge tone={TONES[renewal.state]}>{states[renewal.state]}</Badge>{' '}
              {renewal.code && <code>{renewal.code}</code>}
              {renewal.state === 'HELD' && <Release renewal={renewal} />}
            </>
          ),
        },
        {
          name: words.asked,
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
              <Link to="/console/payments/$orderId" params={{ orderId }} aria-label={words.storyOf(userId)}>
                {words.story}
              </Link>
            ),
        },
      ]}
    />
  );
}

function PastDue() {
  const words = useWords(renewals);
  const { day, time } = useFormat();
  return (
    <Card title={words.pastDue}>
      <p className="soft">{words.pastDueHint}</p>
      <Pages
        queryKey={['renewals', 'past-due']}
        ask={(cursor) => answerOf(api.GET('/v1/subscriptions', { params: { query: { status: 'PAST_DUE', cursor } } }))}
        empty={words.noPastDue}
        every={LOOKED_AGAIN_MS}
      >
        {(subscriptions) => (
          <Table
            label={words.pastDue}
            rows={subscriptions}
            keyOf={({ id }) => id}
            columns={[
              {
                name: words.user,
                of: ({ userId }) => (
                  <Link to="/console" search={{ q: userId }}>
                    {userId}
                  </Link>
                ),
              },
              { name: words.plan, of: ({ plan }) => plan.name },
              { name: words.since, of: ({ pastDueSince }) => time(pastDueSince) },
              { name: words.nextTry, of: ({ nextChargeAt }) => time(nextChargeAt) },
              { name: words.grace, of: ({ graceUntil }) => day(graceUntil) },
            ]}
          />
        )}
      </Pages>
    </Card>
  );
}
