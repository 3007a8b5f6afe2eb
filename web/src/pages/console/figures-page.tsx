import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api, type DayFigures } from '../../api/client.ts';
import { Choose } from '../../ui/field.tsx';
import { Card } from '../../ui/parts.tsx';
import { Loaded } from '../../ui/states.tsx';
import { Table } from '../../ui/table.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { Bars } from './bars.tsx';
import { FailuresByCode } from './failures-by-code.tsx';
import { figures as figuresWords } from './figures-words.ts';

const PERIODS = [7, 30, 90];
const DAY_MS = 86_400_000;

/** A day of the calendar some days before another; both are names of days, so no zone comes into it. */
export const daysBefore = (day: string, days: number) =>
  new Date(Date.parse(day) - days * DAY_MS).toISOString().slice(0, 10);

export function FiguresPage() {
  const words = useWords(figuresWords);
  const [days, setDays] = useState(30);
  const figures = useQuery({
    queryKey: ['daily-figures', days],
    queryFn: async () => {
      // The program's own today, which the sandbox may have moved: asked without dates, the list ends on it.
      const { data } = await answerOf(api.GET('/v1/operations/daily-figures'));
      const today = data.at(-1)!.day;
      return (
        await answerOf(
          api.GET('/v1/operations/daily-figures', {
            params: { query: { from: daysBefore(today, days - 1), to: today } },
          }),
        )
      ).data;
    },
  });
  return (
    <div className="stack">
      <div className="row apart">
        <h1>{words.title}</h1>
        <Choose
          label={words.last}
          value={String(days)}
          onChange={(value) => setDays(Number(value))}
          choices={PERIODS.map((count) => ({ value: String(count), text: words.days(count) }))}
        />
      </div>
      <Loaded query={figures}>
        {(data) => (
          <>
            <Totals days={data} />
            <Money days={data} />
            <Active days={data} />
            <FailuresByCode from={data[0]!.day} to={data.at(-1)!.day} />
          </>
        )}
      </Loaded>
    </div>
  );
}

const sum = (days: DayFigures[], of: (day: DayFigures) => number) => days.reduce((total, day) => total + of(day), 0);

function Totals({ days }: { days: DayFigures[] }) {
  const words = useWords(figuresWords);
  const { won, number } = useFormat();
  const [revenue, refunded] = [sum(days, (day) => day.revenue), sum(days, (day) => day.refunded)];
  const totals: [string, string][] = [
    [words.revenue, won(revenue)],
    [words.refunded, won(refunded)],
    [words.net, won(revenue - refunded)],
    [words.activeNow, number(days.at(-1)?.activeSubscriptions ?? 0)],
  ];
  return (
    <div className="totals">
      {totals.map(([name, value]) => (
        <Card key={name} label={name}>
          <span className="soft">{name}</span>
          <strong>{value}</strong>
        </Card>
      ))}
    </div>
  );
}

function Money({ days }: { days: DayFigures[] }) {
  const words = useWords(figuresWords);
  const { won, number } = useFormat();
  return (
    <Card title={words.money}>
      <p className="legend" aria-hidden="true">
        <span>{words.revenue}</span>
        <span className="back">{words.refunded}</span>
      </p>
      <Bars
        summary={words.moneySummary(won(sum(days, (day) => day.revenue)), won(sum(days, (day) => day.refunded)))}
        bars={days.map(({ day, revenue, refunded }) => ({ label: day, up: revenue, down: refunded }))}
      />
      <details>
        <summary>{words.table}</summary>
        <Table
          label={words.money}
          rows={days.toReversed()}
          keyOf={({ day }) => day}
          columns={[
            { name: words.day, of: ({ day }) => day },
            { name: words.revenue, number: true, of: ({ revenue }) => won(revenue) },
            { name: words.payments, number: true, of: ({ payments }) => number(payments) },
            { name: words.refunded, number: true, of: ({ refunded }) => won(refunded) },
            { name: words.refunds, number: true, of: ({ refunds }) => number(refunds) },
          ]}
        />
      </details>
    </Card>
  );
}

function Active({ days }: { days: DayFigures[] }) {
  const words = useWords(figuresWords);
  const { number } = useFormat();
  const counts = days.map(({ activeSubscriptions }) => activeSubscriptions);
  return (
    <Card title={words.active}>
      <Bars
        summary={words.activeSummary(Math.min(...counts), Math.max(...counts))}
        bars={days.map(({ day, activeSubscriptions }) => ({ label: day, up: activeSubscriptions }))}
      />
      <details>
        <summary>{words.table}</summary>
        <Table
          label={words.active}
          rows={days.toReversed()}
          keyOf={({ day }) => day}
          columns={[
            { name: words.day, of: ({ day }) => day },
            { name: words.activeNow, number: true, of: ({ activeSubscriptions }) => number(activeSubscriptions) },
          ]}
        />
      </details>
    </Card>
  );
}
