import { useQuery } from '@tanstack/react-query';
import { api, type Invariants, resultOf } from '../../../api/client.ts';
import { Badge, Card } from '../../../ui/parts.tsx';
import { Loaded } from '../../../ui/states.tsx';
import { useWords } from '../../../words/dictionary.ts';
import { useFormat } from '../../../words/format.ts';
import { invariantWords } from './invariant-words.ts';
import { invariantCardWords } from './reconciliation-words.ts';

type Invariant = Invariants['invariants'][number];

export function InvariantsCard() {
  const words = useWords(invariantCardWords);
  const { exactTime } = useFormat();
  const report = useQuery({ queryKey: ['invariants'], queryFn: () => resultOf(api.GET('/v1/operations/invariants')) });
  return (
    <Card title={words.title}>
      <Loaded query={report}>
        {({ ok, checkedAt, invariants }) => (
          <>
            <p className="notice" data-tone={ok ? 'good' : 'bad'}>
              {ok ? words.allPassed : words.broken(invariants.filter((invariant) => !invariant.ok).length)}{' '}
              <span className="small">{words.checkedAt(exactTime(checkedAt))}</span>
            </p>
            <ul className="lines">
              {invariants.map((invariant) => (
                <InvariantItem key={invariant.name} invariant={invariant} />
              ))}
            </ul>
          </>
        )}
      </Loaded>
    </Card>
  );
}

function InvariantItem({ invariant: { name, says, ok, error, broken } }: { invariant: Invariant }) {
  const words = useWords(invariantCardWords);
  const descriptions = useWords(invariantWords);
  return (
    <li className="row apart">
      <span>
        <code>{name}</code>
        <br />
        <span className="small soft">{descriptions[name] ?? says}</span>
      </span>
      <Badge tone={ok ? 'good' : 'bad'}>{ok ? words.passed : error ? words[error] : words.broken(broken)}</Badge>
    </li>
  );
}
