import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type RenewalDay, resultOf } from '../../../api/client.ts';
import { Field } from '../../../ui/field.tsx';
import { MoreButton } from '../../../ui/more-button.tsx';
import { Card } from '../../../ui/parts.tsx';
import { Loaded } from '../../../ui/states.tsx';
import { useWords } from '../../../words/dictionary.ts';
import { useFormat } from '../../../words/format.ts';
import { PastDue } from './past-due.tsx';
import { ALWAYS_SHOWN_STATES, RENEWAL_STATES } from './renewal-states.ts';
import { RenewalSwitchCard } from './renewal-switch.tsx';
import { renewalStateWords, renewalWords } from './renewal-words.ts';
import { RenewalsTable } from './renewals-table.tsx';

const POLL_INTERVAL_MS = 10_000;

/** The renewals of one day, the past due subscriptions, and the switch that pauses all renewals. */
export function RenewalsPage() {
  const words = useWords(renewalWords);
  // Without a date the API answers with its own today, which the sandbox clock may have moved.
  const [date, setDate] = useState<string>();
  const day = useRenewalDay(date);
  return (
    <div className="stack">
      <div className="row apart">
        <h1>{words.title}</h1>
        <div className="row">
          {/* The field is empty while a date is being typed: the page keeps the last day. */}
          <Field
            label={words.day}
            type="date"
            value={date ?? day.data?.pages[0]?.date ?? ''}
            onChange={(value) => value && setDate(value)}
          />
        </div>
      </div>
      <p className="soft">{words.hint}</p>
      <Loaded query={day}>
        {({ pages }) => (
          <>
            <RenewalSwitchCard state={pages[0]!.switch} />
            <Totals totals={pages[0]!.totals} />
            <Card title={words.renewalsOfDay}>
              <RenewalsTable renewals={pages.flatMap(({ data }) => data)} />
              <MoreButton list={day} />
            </Card>
          </>
        )}
      </Loaded>
      <PastDue refetchInterval={POLL_INTERVAL_MS} />
    </div>
  );
}

function useRenewalDay(date: string | undefined) {
  return useInfiniteQuery({
    queryKey: ['renewals', 'day', date],
    queryFn: ({ pageParam }) =>
      resultOf(
        api.GET('/v1/operations/renewals', { params: { query: { date, ...(pageParam && { cursor: pageParam }) } } }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: POLL_INTERVAL_MS,
  });
}

function Totals({ totals }: { totals: RenewalDay['totals'] }) {
  const words = useWords(renewalWords);
  const states = useWords(renewalStateWords);
  const { won } = useFormat();
  const shown = RENEWAL_STATES.filter((state) => ALWAYS_SHOWN_STATES.includes(state) || totals[state].count > 0);
  return (
    <div className="totals">
      {shown.map((state) => (
        <Card key={state} label={`${words.totals}: ${states[state]}`}>
          <span className="soft">{states[state]}</span>
          <strong>{won(totals[state].amount)}</strong>
          <span className="small soft">{words.count(totals[state].count)}</span>
        </Card>
      ))}
    </div>
  );
}
