import { type FormEvent, useState } from 'react';
import { api, resultOf } from '../../../api/client.ts';
import { Button } from '../../../ui/button.tsx';
import { Field } from '../../../ui/field.tsx';
import { Pages } from '../../../ui/pages.tsx';
import { Card } from '../../../ui/parts.tsx';
import { useWords } from '../../../words/dictionary.ts';
import { AuditEntry } from './audit-entry.tsx';
import { auditWords } from './audit-words.ts';

export function AuditPage() {
  const words = useWords(auditWords);
  const [text, setText] = useState('');
  const [actor, setActor] = useState<string>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setActor(text.trim() || undefined);
  };
  return (
    <div className="stack">
      <div>
        <h1>{words.title}</h1>
        <p className="soft">{words.hint}</p>
      </div>
      <form className="search" role="search" onSubmit={submit}>
        <Field label={words.actor} value={text} onChange={setText} maxLength={64} type="search" />
        <Button type="submit">{words.search}</Button>
      </form>
      <Card label={words.title}>
        <Pages
          queryKey={['audit', 'by', actor]}
          fetchPage={(cursor) =>
            resultOf(api.GET('/v1/operations/audit-log', { params: { query: { actor, cursor } } }))
          }
          empty={words.empty}
        >
          {(entries) => (
            <ol className="steps">
              {entries.map((entry) => (
                <AuditEntry key={entry.id} entry={entry} showOrder />
              ))}
            </ol>
          )}
        </Pages>
      </Card>
    </div>
  );
}
