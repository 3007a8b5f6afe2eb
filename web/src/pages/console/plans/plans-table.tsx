import type { Plan } from '../../../api/client.ts';
import { Button } from '../../../ui/button.tsx';
import { Badge } from '../../../ui/parts.tsx';
import { Table } from '../../../ui/table.tsx';
import { useWords } from '../../../words/dictionary.ts';
import { useFormat } from '../../../words/format.ts';
import { consoleWords } from '../console-words.ts';
import { planWords } from './plan-words.ts';

/** Without `onEdit` the table has no buttons. */
export function PlansTable({ plans, onEdit }: { plans: Plan[]; onEdit: ((plan: Plan) => void) | undefined }) {
  const words = useWords(planWords);
  const { status } = useWords(consoleWords);
  const { won, number } = useFormat();
  const editColumn = {
    name: words.edit,
    of: (plan: Plan) => (
      <Button small aria-label={words.editOf(plan.name)} onPress={() => onEdit?.(plan)}>
        {words.edit}
      </Button>
    ),
  };
  return (
    <Table
      label={words.title}
      rows={plans}
      keyOf={({ id }) => id}
      columns={[
        { name: '#', of: ({ id }) => id },
        { name: words.name, of: ({ name }) => name },
        { name: words.type, of: ({ type }) => type },
        { name: words.price, number: true, of: ({ price }) => (price === null ? words.openPrice : won(price)) },
        {
          name: words.months,
          number: true,
          of: ({ durationMonths }) => (durationMonths === null ? '–' : number(durationMonths)),
        },
        {
          name: status,
          of: ({ isActive }) =>
            isActive ? <Badge tone="good">{words.onSale}</Badge> : <Badge tone="plain">{words.notOnSale}</Badge>,
        },
        ...(onEdit ? [editColumn] : []),
      ]}
    />
  );
}
