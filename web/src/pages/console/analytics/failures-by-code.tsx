import { useQuery } from '@tanstack/react-query';
import { api, type PaymentFailures, resultOf } from '../../../api/client.ts';
import { Card } from '../../../ui/parts.tsx';
import { Empty, Loaded } from '../../../ui/states.tsx';
import { Table } from '../../../ui/table.tsx';
import { useWords } from '../../../words/dictionary.ts';
import { useFormat } from '../../../words/format.ts';
import { analyticsWords } from './analytics-words.ts';
import { HorizontalBars } from './charts.tsx';

/** Failed payments by code, the most frequent code first. */
export function FailuresByCode({ from, to }: { from: string; to: string }) {
  const words = useWords(analyticsWords);
  const failures = useQuery({
    queryKey: ['payment-failures', from, to],
    queryFn: async () =>
      (await resultOf(api.GET('/v1/operations/payment-failures', { params: { query: { from, to } } }))).data,
  });
  return (
    <Card title={words.failures}>
      <Loaded query={failures}>
        {(rows) => (rows.length === 0 ? <Empty>{words.noFailures}</Empty> : <Failures rows={rows} />)}
      </Loaded>
    </Card>
  );
}

function countsByCode(rows: PaymentFailures[]): [code: string, count: number][] {
  const counts = new Map<string, number>();
  for (const { code, count } of rows) counts.set(code, (counts.get(code) ?? 0) + count);
  return [...counts].sort(([, a], [, b]) => b - a);
}

function Failures({ rows }: { rows: PaymentFailures[] }) {
  const words = useWords(analyticsWords);
  const { number } = useFormat();
  const bars = countsByCode(rows).map(([name, count]) => ({ name, count, label: words.failureCount(count) }));
  return (
    <>
      <HorizontalBars rows={bars} />
      <details>
        <summary>{words.table}</summary>
        <Table
          label={words.failures}
          rows={rows}
          keyOf={({ day, code, method, issuer }) => `${day} ${code} ${method} ${issuer}`}
          columns={[
            { name: words.day, of: ({ day }) => day },
            { name: words.code, of: ({ code }) => <code>{code}</code> },
            { name: words.method, of: ({ method }) => method ?? '–' },
            { name: words.issuer, of: ({ issuer }) => issuer ?? '–' },
            { name: words.count, number: true, of: ({ count }) => number(count) },
          ]}
        />
      </details>
    </>
  );
}
