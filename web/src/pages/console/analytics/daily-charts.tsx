import type { DailyFigures } from '../../../api/client.ts';
import { Card } from '../../../ui/parts.tsx';
import { Table } from '../../../ui/table.tsx';
import { useWords } from '../../../words/dictionary.ts';
import { useFormat } from '../../../words/format.ts';
import { analyticsWords } from './analytics-words.ts';
import { BarChart } from './charts.tsx';

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

/** Revenue and refunds by day, as a chart and as a table. */
export function DailyRevenue({ days }: { days: DailyFigures[] }) {
  const words = useWords(analyticsWords);
  const { won, number } = useFormat();
  const revenue = won(sum(days.map((day) => day.revenue)));
  const refunded = won(sum(days.map((day) => day.refunded)));
  return (
    <Card title={words.revenueByDay}>
      <p className="legend" aria-hidden="true">
        <span>{words.revenue}</span>
        <span className="negative">{words.refunded}</span>
      </p>
      <BarChart
        summary={words.revenueSummary(revenue, refunded)}
        bars={days.map((day) => ({ label: day.day, value: day.revenue, negative: day.refunded }))}
      />
      <details>
        <summary>{words.table}</summary>
        <Table
          label={words.revenueByDay}
          rows={days.toReversed()}
          keyOf={({ day }) => day}
          columns={[
            { name: words.day, of: ({ day }) => day },
            { name: words.revenue, number: true, of: (day) => won(day.revenue) },
            { name: words.payments, number: true, of: ({ payments }) => number(payments) },
            { name: words.refunded, number: true, of: (day) => won(day.refunded) },
            { name: words.refunds, number: true, of: ({ refunds }) => number(refunds) },
          ]}
        />
      </details>
    </Card>
  );
}

/** Active subscriptions by day, as a chart and as a table. */
export function DailyActiveSubscriptions({ days }: { days: DailyFigures[] }) {
  const words = useWords(analyticsWords);
  const { number } = useFormat();
  const counts = days.map(({ activeSubscriptions }) => activeSubscriptions);
  return (
    <Card title={words.activeByDay}>
      <BarChart
        summary={words.activeSummary(Math.min(...counts), Math.max(...counts))}
        bars={days.map(({ day, activeSubscriptions }) => ({ label: day, value: activeSubscriptions }))}
      />
      <details>
        <summary>{words.table}</summary>
        <Table
          label={words.activeByDay}
          rows={days.toReversed()}
          keyOf={({ day }) => day}
          columns={[
            { name: words.day, of: ({ day }) => day },
            { name: words.active, number: true, of: ({ activeSubscriptions }) => number(activeSubscriptions) },
          ]}
        />
      </details>
    </Card>
  );
}
