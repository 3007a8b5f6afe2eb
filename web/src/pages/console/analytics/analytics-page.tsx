import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type DailyFigures, resultOf } from '../../../api/client.ts';
import { Select } from '../../../ui/field.tsx';
import { Card } from '../../../ui/parts.tsx';
import { Loaded } from '../../../ui/states.tsx';
import { useWords } from '../../../words/dictionary.ts';
import { useFormat } from '../../../words/format.ts';
import { analyticsWords } from './analytics-words.ts';
import { DailyActiveSubscriptions, DailyRevenue } from './daily-charts.tsx';
import { FailuresByCode } from './failures-by-code.tsx';

const PERIODS = [7, 30, 90];
const DAY_MS = 86_400_000;

/** Both are calendar days (yyyy-MM-dd), so no time zone is involved. */
const daysBefore = (day: string, days: number) => new Date(Date.parse(day) - days * DAY_MS).toISOString().slice(0, 10);

async function fetchLastDays(days: number): Promise<DailyFigures[]> {
  // Without dates the list ends on the API's own today, which the sandbox clock may have moved.
  const { data } = await resultOf(api.GET('/v1/operations/daily-figures'));
  const to = data.at(-1)!.day;
  const query = { from: daysBefore(to, days - 1), to };
  return (await resultOf(api.GET('/v1/operations/daily-figures', { params: { query } }))).data;
}

export function AnalyticsPage() {
  const words = useWords(analyticsWords);
  const [days, setDays] = useState(30);
  const figures = useQuery({ queryKey: ['daily-figures', days], queryFn: () => fetchLastDays(days) });
  return (
    <div className="stack">
      <div className="row apart">
        <h1>{words.title}</h1>
        <Select
          label={words.period}
          value={String(days)}
          onChange={(value) => setDays(Number(value))}
          options={PERIODS.map((count) => ({ value: String(count), text: words.lastDays(count) }))}
        />
      </div>
      <Loaded query={figures}>
        {(data) => (
          <>
            <Totals days={data} />
            <DailyRevenue days={data} />
            <DailyActiveSubscriptions days={data} />
            <FailuresByCode from={data[0]!.day} to={data.at(-1)!.day} />
          </>
        )}
      </Loaded>
    </div>
  );
}

function Totals({ days }: { days: DailyFigures[] }) {
  const words = useWords(analyticsWords);
  const { won, number } = useFormat();
  const revenue = days.reduce((sum, day) => sum + day.revenue, 0);
  const refunded = days.reduce((sum, day) => sum + day.refunded, 0);
  const totals: [string, string][] = [
    [words.revenue, won(revenue)],
    [words.refunded, won(refunded)],
    [words.net, won(revenue - refunded)],
    [words.active, number(days.at(-1)?.activeSubscriptions ?? 0)],
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
