import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { answerOf, api, type ReconciliationDifference } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Badge, Card, Facts } from '../../ui/parts.tsx';
import { Empty, Failure, Loaded } from '../../ui/states.tsx';
import { common } from '../../words/common.ts';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { books } from './books-words.ts';

/** A quarter: an older difference that nobody has resolved shows on its day's page. */
const DAYS = 90;

/** Every open difference of the last days, to be dealt with one by one. */
export function Differences() {
  const words = useWords(books);
  const open = useQuery({
    queryKey: ['differences'],
    queryFn: async () => {
      const { data } = await answerOf(
        api.GET('/v1/operations/reconciliations', { params: { query: { limit: DAYS } } }),
      );
      const days = data.filter(({ openDifferences }) => openDifferences > 0);
      const details = await Promise.all(
        days.map(({ date }) =>
          answerOf(api.GET('/v1/operations/reconciliations/{date}', { params: { path: { date } } })),
        ),
      );
      return details.flatMap(({ differences }) => differences.filter(({ resolution }) => resolution === null));
    },
  });
  return (
    <Card title={words.differences}>
      <Loaded query={open}>
        {(differences) =>
          differences.length === 0 ? (
            <Empty>{words.noDifferences}</Empty>
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
  const words = useWords(books);
  const { won } = useFormat();
  const [asked, setAsked] = useState(false);
  const side = (of: ReconciliationDifference['ours']) => (of ? `${won(of.amount)} ${of.status}` : words.nothing);
  return (
    <li data-tone="bad">
      <span className="row">
        <strong>{difference.date}</strong> <Badge tone="bad">{words[difference.kind]}</Badge>
        <Button small onPress={() => setAsked(true)}>
          {words.resolve}
        </Button>
      </span>
      <Facts
        facts={[
          [words.ours, side(difference.ours)],
          [words.theirs, side(difference.theirs)],
        ]}
      />
      {difference.orderId ? (
        <Link to="/console/payments/$orderId" params={{ orderId: difference.orderId }}>
          {difference.orderId}
        </Link>
      ) : (
        <code>{difference.paymentKey}</code>
      )}
      <Dialog title={words.resolveTitle} isOpen={asked} onClose={() => setAsked(false)} alert>
        <Resolve id={difference.id} onDone={() => setAsked(false)} />
      </Dialog>
    </li>
  );
}

function Resolve({ id, onDone }: { id: string; onDone: () => void }) {
  const words = useWords(books);
  const { close } = useWords(common);
  const queries = useQueryClient();
  const [how, setHow] = useState('');
  const [reason, setReason] = useState('');
  const resolving = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/v1/operations/reconciliations/differences/{id}/resolve', {
          params: { path: { id } },
          body: { how, reason },
        }),
      ),
    onSuccess: async () => {
      onDone();
      await queries.invalidateQueries();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    resolving.mutate();
  };
  return (
    <form className="stack" onSubmit={submit}>
      <Field label={words.how} hint={words.howHint} value={how} onChange={setHow} isRequired maxLength={60} />
      <Field label={words.reason} value={reason} onChange={setReason} isRequired maxLength={500} />
      {resolving.error && <Failure error={resolving.error} />}
      <div className="row">
        <Button kind="primary" type="submit" isPending={resolving.isPending}>
          {words.save}
        </Button>
        <Button onPress={onDone}>{close}</Button>
      </div>
    </form>
  );
}
