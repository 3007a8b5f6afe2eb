import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, resultOf } from '../../../api/client.ts';
import { Button } from '../../../ui/button.tsx';
import { Card } from '../../../ui/parts.tsx';
import { Failure } from '../../../ui/states.tsx';
import { useWords } from '../../../words/dictionary.ts';
import { jobDescriptions, jobWords } from './job-words.ts';

export function JobsPage() {
  const words = useWords(jobWords);
  const descriptions = useWords(jobDescriptions);
  return (
    <div className="stack">
      <h1>{words.title}</h1>
      <p className="soft">{words.hint}</p>
      <Card label={words.title}>
        <ul className="lines">
          {Object.entries(descriptions).map(([name, description]) => (
            <Job key={name} name={name} description={description} />
          ))}
        </ul>
      </Card>
    </div>
  );
}

function Job({ name, description }: { name: string; description: string }) {
  const words = useWords(jobWords);
  const queries = useQueryClient();
  const running = useMutation({
    mutationFn: () => resultOf(api.POST('/v1/operations/jobs/{name}/run', { params: { path: { name } } })),
    onSuccess: () => queries.invalidateQueries(),
  });
  return (
    <li className="row apart">
      <span>
        <code>{name}</code>
        <br />
        <span className="soft">{description}</span>
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
