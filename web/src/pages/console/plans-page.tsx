import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Plan } from '../../api/client.ts';
import { plansQuery } from '../../api/queries.ts';
import { useSession } from '../../session/session.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Badge, Card } from '../../ui/parts.tsx';
import { Loaded } from '../../ui/states.tsx';
import { Table } from '../../ui/table.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { PlanForm } from './plan-form.tsx';
import { desk } from './words.ts';

export function PlansPage() {
  const words = useWords(desk);
  const { won, number } = useFormat();
  const plans = useQuery(plansQuery);
  const mayChange = useSession('console')?.role === 'admin';
  const [edited, setEdited] = useState<Plan | 'new' | null>(null);
  return (
    <div className="stack">
      <div className="row apart">
        <h1>{words.plansTitle}</h1>
        {mayChange && <Button onPress={() => setEdited('new')}>{words.newPlan}</Button>}
      </div>
      {!mayChange && <p className="soft">{words.adminsOnly}</p>}
      <Card label={words.plansTitle}>
        <Loaded query={plans}>
          {(all) => (
            <Table
              label={words.plansTitle}
              rows={all}
              keyOf={({ id }) => id}
              columns={[
                { name: '#', of: ({ id }) => id },
                { name: words.name, of: ({ name }) => name },
                { name: words.type, of: ({ type }) => type },
                { name: words.price, number: true, of: ({ price }) => (price === null ? words.freePrice : won(price)) },
                {
                  name: words.months,
                  number: true,
                  of: ({ durationMonths }) => (durationMonths === null ? '–' : number(durationMonths)),
                },
                {
                  name: words.status,
                  of: ({ isActive }) =>
                    isActive ? <Badge tone="good">{words.onSale}</Badge> : <Badge tone="plain">{words.offSale}</Badge>,
                },
                ...(mayChange
                  ? [
                      {
                        name: words.change,
                        of: (plan: Plan) => (
                          <Button small aria-label={`${plan.name} ${words.change}`} onPress={() => setEdited(plan)}>
                            {words.change}
                          </Button>
                        ),
                      },
                    ]
                  : []),
              ]}
            />
          )}
        </Loaded>
      </Card>
      <Dialog
        title={edited === 'new' ? words.newPlan : words.change}
        isOpen={edited !== null}
        onClose={() => setEdited(null)}
      >
        {edited && <PlanForm plan={edited === 'new' ? null : edited} onDone={() => setEdited(null)} />}
      </Dialog>
    </div>
  );
}
