import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client.ts';
import { Pages } from '../../ui/pages.tsx';
import { Badge, Card } from '../../ui/parts.tsx';
import { Loaded } from '../../ui/states.tsx';
import { Table } from '../../ui/table.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { books, invariantWords } from './books-words.ts';

/** Whether our books and Toss's say the same, and whether ours agree with themselves. */
export function BooksPage() {
  const words = useWords(books);
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
          ask={(cursor) => answerOf(api.GET('/v1/operations/reconciliations', { params: { query: { cursor } } }))}
          empty={words.none}
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
                { name: words.matched, number: true, of: ({ matchedLines }) => number(matchedLines) },
                { name: words.settled, number: true, of: ({ settledCount }) => number(settledCount) },
                { name: words.open, number: true, of: ({ openDifferences }) => number(openDifferences) },
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

function InvariantsCard() {
  const words = useWords(books);
  const says = useWords(invariantWords);
  const { exactTime } = useFormat();
  const report = useQuery({ queryKey: ['invariants'], queryFn: () => answerOf(api.GET('/v1/operations/invariants')) });
  return (
    <Card title={words.invariants}>
      <Loaded query={report}>
        {({ ok, checkedAt, invariants }) => (
          <>
            <p className="notice" data-tone={ok ? 'good' : 'bad'}>
              {ok ? words.allWell : words.broken(invariants.filter((invariant) => !invariant.ok).length)}{' '}
              <span className="small">{words.checkedAt(exactTime(checkedAt))}</span>
            </p>
            <ul className="lines">
              {invariants.map((invariant) => (
                <li key={invariant.name} className="row apart">
                  <span>
                    <code>{invariant.name}</code>
                    <br />
                    <span className="small soft">{says[invariant.name] ?? invariant.says}</span>
                  </span>
                  <Badge tone={invariant.ok ? 'good' : 'bad'}>
                    {invariant.ok
                      ? words.fine
                      : invariant.error
                        ? words[invariant.error]
                        : words.broken(invariant.broken)}
                  </Badge>
                </li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
    </Card>
  );
}
