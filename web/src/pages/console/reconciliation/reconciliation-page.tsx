import { api, resultOf } from '../../../api/client.ts';
import { Pages } from '../../../ui/pages.tsx';
import { Badge, Card } from '../../../ui/parts.tsx';
import { Table } from '../../../ui/table.tsx';
import { useWords } from '../../../words/dictionary.ts';
import { useFormat } from '../../../words/format.ts';
import { InvariantsCard } from './invariants-card.tsx';
import { reconciliationWords } from './reconciliation-words.ts';

/** Our ledger compared with Toss's, and the consistency of our own records. */
export function ReconciliationPage() {
  const words = useWords(reconciliationWords);
  const { won, number, time } = useFormat();
  return (
    <div className="stack">
      <div>
        <h1>{words.title}</h1>
        <p className="soft">{words.hint}</p>
      </div>
      <Card title={words.days}>
        <Pages
          queryKey={['reconciliations']}
          fetchPage={(cursor) => resultOf(api.GET('/v1/operations/reconciliations', { params: { query: { cursor } } }))}
          empty={words.empty}
        >
          {(days) => (
            <Table
              label={words.days}
              rows={days}
              keyOf={({ date }) => date}
              columns={[
                { name: words.date, of: ({ date }) => date },
                {
                  name: words.status,
                  of: ({ status }) => <Badge tone={status === 'MATCHED' ? 'good' : 'bad'}>{words[status]}</Badge>,
                },
                { name: words.ours, number: true, of: ({ ourNet }) => won(ourNet) },
                { name: words.theirs, number: true, of: ({ tossNet }) => won(tossNet) },
                { name: words.matchedLines, number: true, of: ({ matchedLines }) => number(matchedLines) },
                { name: words.lateMatches, number: true, of: ({ settledCount }) => number(settledCount) },
                { name: words.openDifferences, number: true, of: ({ openDifferences }) => number(openDifferences) },
                { name: words.ranAt, of: ({ ranAt }) => time(ranAt) },
              ]}
            />
          )}
        </Pages>
      </Card>
      <InvariantsCard />
    </div>
  );
}
