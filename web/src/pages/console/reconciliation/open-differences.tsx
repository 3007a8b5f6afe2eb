import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type ReconciliationDifference, resultOf } from '../../../api/client.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Badge, Card, Facts } from '../../../ui/parts.tsx';
import { Empty, Loaded } from '../../../ui/states.tsx';
import { useWords } from '../../../words/dictionary.ts';
import { useFormat } from '../../../words/format.ts';
import { OrderLink } from '../order-link.tsx';
import { differenceWords } from './reconciliation-words.ts';
import { ResolveDifference } from './resolve-difference.tsx';

/** A quarter. An older open difference is shown by the API on its own day only. */
const DAYS = 90;

async function fetchOpenDifferences(): Promise<ReconciliationDifference[]> {
  const { data } = await resultOf(api.GET('/v1/operations/reconciliations', { params: { query: { limit: DAYS } } }));
  const days = data.filter(({ openDifferences }) => openDifferences > 0);
  const details = await Promise.all(
    days.map(({ date }) => resultOf(api.GET('/v1/operations/reconciliations/{date}', { params: { path: { date } } }))),
  );
  return details.flatMap(({ differences }) => differences.filter(({ resolution }) => resolution === null));
}

/** Every open difference of the last days, for an operator to resolve. */
export function OpenDifferences() {
  const words = useWords(differenceWords);
  const open = useQuery({ queryKey: ['differences'], queryFn: fetchOpenDifferences });
  return (
    <Card title={words.title}>
      <Loaded query={open}>
        {(differences) =>
          differences.length === 0 ? (
            <Empty>{words.empty}</Empty>
          ) : (
            <ol className="steps">
              {differences.map((difference) => (
                <Difference key={difference.id} difference={difference} />
              ))}
            </ol>
          )
        }
      </Loaded>
    </Card>
  );
}

function Difference({ difference }: { difference: ReconciliationDifference }) {
  const words = useWords(differenceWords);
  const { won } = useFormat();
  const [isOpen, setOpen] = useState(false);
  const side = (of: ReconciliationDifference['ours']) => (of ? `${won(of.amount)} ${of.status}` : words.missing);
  return (
    <li data-tone="bad">
      <span className="row">
        <strong>{difference.date}</strong> <Badge tone="bad">{words[difference.kind]}</Badge>
        <Button small onPress={() => setOpen(true)}>
          {words.resolve}
        </Button>
      </span>
      <Facts
        facts={[
          [words.ours, side(difference.ours)],
          [words.theirs, side(difference.theirs)],
        ]}
      />
      {difference.orderId ? <OrderLink orderId={difference.orderId} /> : <code>{difference.paymentKey}</code>}
      <Dialog title={words.resolveTitle} isOpen={isOpen} onClose={() => setOpen(false)} alert>
        <ResolveDifference id={difference.id} onDone={() => setOpen(false)} />
      </Dialog>
    </li>
  );
}
