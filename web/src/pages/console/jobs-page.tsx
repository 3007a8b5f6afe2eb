import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/parts.tsx';
import { Failure } from '../../ui/states.tsx';
import { useWords } from '../../words/dictionary.ts';
import { desk, jobs } from './words.ts';

export function JobsPage() {
  const words = useWords(desk);
  const named = useWords(jobs);
  return (
    <div className="stack">
      <h1>{words.jobsTitle}</h1>
      <p className="soft">{words.jobsHint}</p>
      <Card label={words.jobsTitle}>
        <ul className="lines">
          {Object.entries(named).map(([name, what]) => (
            <Job key={name} name={name} what={what} />
          ))}
        </ul>
      </Card>
    </div>
  );
}

function Job({ name, what }: { name: string; what: string }) {
  const words = useWords(desk);
  const queries = useQueryClient();
  const running = useMutation({
    mutationFn: () => answerOf(api.POST('/v1/operations/jobs/{name}/run', { params: { path: { name } } })),
    onSuccess: () => queries.invalidateQueries(),
  });
  return (
    <li className="row apart">
      <span>
        <code>{name}</code>
        <br />
        <span className="soft">{what}</span>
      </span>
      <span className="row">
        <span role="status">{running.data && words.affected(running.data.affected)}</span>
        <Button small aria-label={words.runJob(name)} onPress={() => running.mutate()} isPending={running.isPending}>
          {words.run}
        </Button>
      </span>
      {running.error && <Failure error={running.error} />}
    </li>
  );
}
