import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, type OutgoingEvent, resultOf } from '../../../api/client.ts';
import { Button } from '../../../ui/button.tsx';
import { Badge, Facts, type Tone } from '../../../ui/parts.tsx';
import { Failure } from '../../../ui/states.tsx';
import { useWords } from '../../../words/dictionary.ts';
import { useFormat } from '../../../words/format.ts';
import { consoleWords } from '../console-words.ts';
import { JsonBody } from '../json-body.tsx';
import { StatusListPage } from '../status-list-page.tsx';
import { OrderLink } from '../order-link.tsx';
import { outgoingEventWords } from './outgoing-event-words.ts';

type Status = OutgoingEvent['status'];

const TONES = { KEPT: 'plain', PENDING: 'warn', DELIVERED: 'good', FAILED: 'bad' } satisfies Record<Status, Tone>;

export function OutgoingEventsPage() {
  return (
    <StatusListPage
      queryKey="messages"
      words={useWords(outgoingEventWords)}
      statuses={Object.keys(TONES) as Status[]}
      fetchPage={(query) => resultOf(api.GET('/v1/messages', { params: { query } }))}
    >
      {(event) => <Event key={event.id} event={event} />}
    </StatusListPage>
  );
}

function Event({ event }: { event: OutgoingEvent }) {
  const words = useWords(outgoingEventWords);
  const { order, showBody } = useWords(consoleWords);
  const { exactTime, number } = useFormat();
  const queries = useQueryClient();
  const redelivering = useMutation({
    mutationFn: () => resultOf(api.POST('/v1/messages/{id}/redeliver', { params: { path: { id: event.id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['messages'] }),
  });
  return (
    <li data-tone={TONES[event.status]}>
      <span className="row">
        <strong>{event.type}</strong> <Badge tone={TONES[event.status]}>{words[event.status]}</Badge>
        <Button
          small
          aria-label={words.redeliverOf(event.type)}
          onPress={() => redelivering.mutate()}
          isPending={redelivering.isPending}
        >
          {words.redeliver}
        </Button>
      </span>
      <Facts
        facts={[
          [order, event.orderId && <OrderLink orderId={event.orderId} />],
          [words.occurredAt, exactTime(event.timestamp)],
          [words.attempts, event.tries > 0 && number(event.tries)],
          [words.lastResponse, event.lastStatus ?? event.lastError],
          [words.nextAttempt, event.nextTryAt && exactTime(event.nextTryAt)],
        ]}
      />
      <JsonBody summary={showBody} value={event.data} />
      {redelivering.error && <Failure error={redelivering.error} />}
    </li>
  );
}
