import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { api, resultOf } from '../../../api/client.ts';
import { Button } from '../../../ui/button.tsx';
import { Field, Select } from '../../../ui/field.tsx';
import { Pages } from '../../../ui/pages.tsx';
import { Card } from '../../../ui/parts.tsx';
import { type Status, statusWords } from '../../../words/common.ts';
import { useWords } from '../../../words/dictionary.ts';
import { consoleWords } from '../console-words.ts';
import { PaymentsTable } from './payments-table.tsx';
import { searchWords } from './search-words.ts';

const route = getRouteApi('/console/');

/** The search stands in the address, so that its results can be shared as a link. */
export function SearchPage() {
  const words = useWords(searchWords);
  const { status: statusLabel, all } = useWords(consoleWords);
  const statuses = useWords(statusWords);
  const navigate = useNavigate();
  const { q, status } = route.useSearch();
  const knownStatus = status !== undefined && status in statuses ? (status as Status) : undefined;
  const [text, setText] = useState(q ?? '');
  const search = (params: { q?: string; status?: string }) => void navigate({ to: '/console', search: params });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    search({ q: text.trim() || undefined, status });
  };
  return (
    <div className="stack">
      <h1>{words.title}</h1>
      <form className="search" role="search" onSubmit={submit}>
        <Field
          label={words.query}
          hint={words.queryHint}
          value={text}
          onChange={setText}
          maxLength={200}
          type="search"
        />
        <Select
          label={statusLabel}
          value={knownStatus ?? ''}
          onChange={(value) => search({ q, status: value || undefined })}
          options={[
            { value: '', text: all },
            ...Object.entries(statuses).map(([value, name]) => ({ value, text: name })),
          ]}
        />
        <Button kind="primary" type="submit">
          {words.submit}
        </Button>
      </form>
      <Card title={words.results}>
        <Pages
          queryKey={['payments', 'found', q, knownStatus]}
          fetchPage={(cursor) =>
            resultOf(api.GET('/v1/payments', { params: { query: { q, status: knownStatus, cursor } } }))
          }
          empty={words.empty}
        >
          {(payments) => <PaymentsTable label={words.results} payments={payments} />}
        </Pages>
      </Card>
    </div>
  );
}
