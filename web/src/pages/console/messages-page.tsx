import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { answerOf, api, type Message } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Choose } from '../../ui/field.tsx';
import { Pages } from '../../ui/pages.tsx';
import { Badge, Card, Facts, type Tone } from '../../ui/parts.tsx';
import { Failure } from '../../ui/states.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { news } from './news-words.ts';

const TONES = { KEPT: 'plain', PENDING: 'warn', DELIVERED: 'good', FAILED: 'bad' } satisfies Record<
  Message['status'],
  Tone
>;
const STATUSES = Object.keys(TONES) as Message['status'][];

export function MessagesPage() {
  const words = useWords(news);
  const [status, setStatus] = useState<Message['status']>();
  return (
    <div className="stack">
      <div className="row apart">
        <h1>{words.messagesTitle}</h1>
        <Choose
          label={words.status}
          value={status ?? ''}
          onChange={(value) => setStatus(STATUSES.find((each) => each === value))}
          choices={[{ value: '', text: words.all }, ...STATUSES.map((value) => ({ value, text: words[value] }))]}
        />
      </div>
      <p className="soft">{words.messagesHint}</p>
      <Card label={words.messagesTitle}>
        <Pages
          queryKey={['messages', status]}
          ask={(cursor) => answerOf(api.GET('/v1/messages', { params: { query: { status, cursor } } }))}
          empty={words.noMessages}
        >
          {(messages) => (
            <ol className="steps">
              {messages.map((message) => (
                <Sent key={message.id} message={message} />
              ))}
            </ol>
          )}
        </Pages>
      </Card>
    </div>
  );
}

function Sent({ message }: { message: Message }) {
  const words = useWords(news);
  const { exactTime, number } = useFormat();
  const queries = useQueryClient();
  const sending = useMutation({
    mutationFn: () => answerOf(api.POST('/v1/messages/{id}/redeliver', { params: { path: { id: message.id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['messages'] }),
  });
  return (
    <li data-tone={TONES[message.status]}>
      <span className="row">
        <strong>{message.type}</strong> <Badge tone={TONES[message.status]}>{words[message.status]}</Badge>
        <Button
          small
          aria-label={words.redeliverOf(message.type)}
          onPress={() => sending.mutate()}
          isPending={sending.isPending}
        >
          {words.redeliver}
        </Button>
      </span>
      <Facts
        facts={[
          [
            words.order,
            message.orderId && (
              <Link to="/console/payments/$orderId" params={{ orderId: message.orderId }}>
                {message.orderId}
              </Link>
            ),
          ],
          [words.happenedAt, exactTime(message.timestamp)],
          [words.tries, message.tries > 0 && number(message.tries)],
          [words.lastAnswer, message.lastStatus ?? message.lastError],
          [words.nextTry, message.nextTryAt && exactTime(message.nextTryAt)],
        ]}
      />
      <details>
        <summary>{words.body}</summary>
        <pre className="body" tabIndex={0}>
          {JSON.stringify(message.data, null, 2)}
        </pre>
      </details>
      {sending.error && <Failure error={sending.error} />}
    </li>
  );
}
