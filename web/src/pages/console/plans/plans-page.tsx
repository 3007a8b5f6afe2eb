import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Plan } from '../../../api/client.ts';
import { plansQuery } from '../../../api/queries.ts';
import { useSession } from '../../../session/session.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Card } from '../../../ui/parts.tsx';
import { Loaded } from '../../../ui/states.tsx';
import { useWords } from '../../../words/dictionary.ts';
import { PlanForm } from './plan-form.tsx';
import { planWords } from './plan-words.ts';
import { PlansTable } from './plans-table.tsx';

export function PlansPage() {
  const words = useWords(planWords);
  const plans = useQuery(plansQuery);
  const isAdmin = useSession('console')?.role === 'admin';
  const [edited, setEdited] = useState<Plan | 'new' | null>(null);
  return (
    <div className="stack">
      <div className="row apart">
        <h1>{words.title}</h1>
        {isAdmin && <Button onPress={() => setEdited('new')}>{words.newPlan}</Button>}
      </div>
      {!isAdmin && <p className="soft">{words.adminsOnly}</p>}
      <Card label={words.title}>
        <Loaded query={plans}>{(all) => <PlansTable plans={all} onEdit={isAdmin ? setEdited : undefined} />}</Loaded>
      </Card>
      <Dialog
        title={edited === 'new' ? words.newPlan : words.editTitle}
        isOpen={edited !== null}
        onClose={() => setEdited(null)}
      >
        {edited && <PlanForm plan={edited === 'new' ? null : edited} onDone={() => setEdited(null)} />}
      </Dialog>
    </div>
  );
}
