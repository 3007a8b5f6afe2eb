import { type FormEvent, useState } from 'react';
import { answerOf, api } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Pages } from '../../ui/pages.tsx';
import { Card } from '../../ui/parts.tsx';
import { useWords } from '../../words/dictionary.ts';
import { Entry } from './audit-entry.tsx';
import { desk } from './words.ts';

export function AuditPage() {
  const words = useWords(desk);
  const [text, setText] = useState('');
  const [actor, setActor] = useState<string>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setActor(text.trim() || undefined);
  };
  return (
    <div className="stack">
      <div>
        <h1>{words.audit}</h1>
        <p className="soft">{words.auditHint}</p>
      </div>
      <form className="search" role="search" onSubmit={submit}>
        <Field label={words.actor} value={text} onChange={setText} maxLength={64} type="search" />
        <Button type="submit">{words.search}</Button>
      </form>
      <Card label={words.audit}>
        <Pages
          queryKey={['audit', 'by', actor]}
          ask={(cursor) => answerOf(api.GET('/v1/operations/audit-log', { params: { query: { actor, cursor } } }))}
          empty={words.noEntries}
        >
          {(entries) => (
            <ol className="steps">
              {entries.map((entry) => (
                <Entry key={entry.id} entry={entry} link />
              ))}
            </ol>
          )}
        </Pages>
      </Card>
    </div>
  );
}
