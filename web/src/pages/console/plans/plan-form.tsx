import { type FormEvent, useState } from 'react';
import type { Plan } from '../../../api/client.ts';
import { Button } from '../../../ui/button.tsx';
import { Field, Select } from '../../../ui/field.tsx';
import { Failure } from '../../../ui/states.tsx';
import { common } from '../../../words/common.ts';
import { useWords } from '../../../words/dictionary.ts';
import { consoleWords } from '../console-words.ts';
import { planWords } from './plan-words.ts';
import { type PlanValues, useSavePlan } from './use-save-plan.ts';

const TYPES = ['BASIC', 'PREMIUM', 'EVENT'] satisfies Plan['type'][];

const valuesOf = (plan: Plan | null): PlanValues => ({
  type: plan?.type ?? 'BASIC',
  name: plan?.name ?? '',
  price: plan?.price?.toString() ?? '',
  months: plan?.durationMonths?.toString() ?? '1',
  isActive: plan?.isActive ?? true,
});

/** Creates a plan (null), or changes everything but the type of an existing one. */
export function PlanForm({ plan, onDone }: { plan: Plan | null; onDone: () => void }) {
  const words = useWords(planWords);
  const { status } = useWords(consoleWords);
  const { close } = useWords(common);
  const [values, setValues] = useState(valuesOf(plan));
  const change = (changed: Partial<PlanValues>) => setValues({ ...values, ...changed });
  const isEvent = values.type === 'EVENT';
  const saving = useSavePlan(plan, onDone);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.mutate(values);
  };
  return (
    <form className="stack" onSubmit={submit}>
      {!plan && (
        <Select
          label={words.type}
          value={values.type}
          onChange={(type) => change({ type: type as Plan['type'] })}
          options={TYPES.map((value) => ({ value, text: value }))}
        />
      )}
      <Field label={words.name} value={values.name} onChange={(name) => change({ name })} isRequired maxLength={100} />
      <Field
        label={words.price}
        value={values.price}
        onChange={(price) => change({ price })}
        inputMode="numeric"
        pattern="[0-9]*"
        isRequired={!isEvent}
        hint={isEvent ? words.openPriceHint : words.priceHint}
      />
      {!isEvent && (
        <Field
          label={words.months}
          value={values.months}
          onChange={(months) => change({ months })}
          inputMode="numeric"
          pattern="[0-9]+"
          isRequired
        />
      )}
      {plan && (
        <Select
          label={status}
          value={String(values.isActive)}
          onChange={(value) => change({ isActive: value === 'true' })}
          options={[
            { value: 'true', text: words.onSale },
            { value: 'false', text: words.notOnSale },
          ]}
        />
      )}
      {saving.error && <Failure error={saving.error} />}
      <div className="row">
        <Button kind="primary" type="submit" isPending={saving.isPending}>
          {words.save}
        </Button>
        <Button onPress={onDone}>{close}</Button>
      </div>
    </form>
  );
}
