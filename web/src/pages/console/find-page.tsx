import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { answerOf, api } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Choose, Field } from '../../ui/field.tsx';
import { Pages } from '../../ui/pages.tsx';
import { Card } from '../../ui/parts.tsx';
import { type Status, statusWords } from '../../words/common.ts';
import { useWords } from '../../words/dictionary.ts';
import { PaymentsTable } from './payments-table.tsx';
import { desk } from './words.ts';

const route = getRouteApi('/console/');

/** What is searched for stands in the address, so that it can be sent to a colleague. */
export function FindPage() {
  const words = useWords(desk);
  const statuses = useWords(statusWords);
  const navigate = useNavigate();
  const { q, status } = route.useSearch();
  const known = status !== undefined && status in statuses ? (status as Status) : undefined;
  const [text, setText] = useState(q ?? '');
  const go = (search: { q?: string; status?: string }) => void navigate({ to: '/console', search });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    go({ q: text.trim() || undefined, status });
  };
  return (
    <div className="stack">
      <h1>{words.findTitle}</h1>
      <form className="search" role="search" onSubmit={submit}>
        <Field
          label={words.query}
          hint={words.queryHint}
          value={text}
          onChange={setText}
          maxLength={200}
          type="search"
        />
        <Choose
          label={words.status}
          value={known ?? ''}
          onChange={(value) => go({ q, status: value || undefined })}
          choices={[
            { value: '', text: words.all },
            ...Object.entries(statuses).map(([value, name]) => ({ value, text: name })),
          ]}
        />
        <Button kind="primary" type="submit">
          {words.search}
        </Button>
      </form>
      <Card title={words.results}>
        <Pages
          queryKey={['payments', 'found', q, known]}
          ask={(cursor) => answerOf(api.GET('/v1/payments', { params: { query: { q, status: known, cursor } } }))}
          empty={words.nothing}
        >
          {(payments) => <PaymentsTable label={words.results} payments={payments} />}
        </Pages>
      </Card>
    </div>
  );
}
