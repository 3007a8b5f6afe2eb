import { type ReactNode, useState } from 'react';
import { Select } from '../../ui/field.tsx';
import { Pages } from '../../ui/pages.tsx';
import { Card } from '../../ui/parts.tsx';
import { useWords } from '../../words/dictionary.ts';
import { consoleWords } from './console-words.ts';

interface Props<Row, Status extends string> {
  queryKey: string;
  words: Record<Status, string> & { title: string; hint: string; empty: string };
  statuses: readonly Status[];
  fetchPage: (query: {
    status: Status | undefined;
    cursor: string | undefined;
  }) => Promise<{ data: Row[]; nextCursor: string | null }>;
  children: (row: Row) => ReactNode;
}

/** A page with one list that can be filtered by status. */
export function StatusListPage<Row, Status extends string>({
  queryKey,
  words,
  statuses,
  fetchPage,
  children,
}: Props<Row, Status>) {
  const { status: label, all } = useWords(consoleWords);
  const [status, setStatus] = useState<Status>();
  return (
    <div className="stack">
      <div className="row apart">
        <h1>{words.title}</h1>
        <Select
          label={label}
          value={status ?? ''}
          onChange={(value) => setStatus(statuses.find((each) => each === value))}
          options={[{ value: '', text: all }, ...statuses.map((value) => ({ value, text: words[value] }))]}
        />
      </div>
      <p className="soft">{words.hint}</p>
      <Card label={words.title}>
        <Pages queryKey={[queryKey, status]} fetchPage={(cursor) => fetchPage({ status, cursor })} empty={words.empty}>
          {(rows) => <ol className="steps">{rows.map(children)}</ol>}
        </Pages>
      </Card>
    </div>
  );
}
