import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client.ts';
import { Card } from '../../ui/parts.tsx';
import { Empty, Loaded } from '../../ui/states.tsx';
import { Table } from '../../ui/table.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { Meters } from './bars.tsx';
import { figures } from './figures-words.ts';

/** Why payments fail, the commonest reason first. */
export function FailuresByCode({ from, to }: { from: string; to: string }) {
  const words = useWords(figures);
  const { number } = useFormat();
  const failures = useQuery({
    queryKey: ['payment-failures', from, to],
    queryFn: async () =>
      (await answerOf(api.GET('/v1/operations/payment-failures', { params: { query: { from, to } } }))).data,
  });
  return (
    <Card title={words.failures}>
      <Loaded query={failures}>
        {(rows) => {
          const byCode = new Map<string, number>();
          for (const { code, count } of rows) byCode.set(code, (byCode.get(code) ?? 0) + count);
          if (byCode.size === 0) return <Empty>{words.noFailures}</Empty>;
          const sorted = [...byCode].sort(([, a], [, b]) => b - a);
          return (
            <>
              <Meters rows={sorted.map(([name, count]) => ({ name, count, said: words.failuresTotal(count) }))} />
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
        }}
      </Loaded>
    </Card>
  );
}
