import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answerOf, api, type Plan } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Choose, Field } from '../../ui/field.tsx';
import { Failure } from '../../ui/states.tsx';
import { common } from '../../words/common.ts';
import { useWords } from '../../words/dictionary.ts';
import { desk } from './words.ts';

const whole = (text: string) => (text.trim() === '' ? null : Number(text));

/** A new plan, or another name, price, length or place on the shelf for one that exists. Its kind stays. */
export function PlanForm({ plan, onDone }: { plan: Plan | null; onDone: () => void }) {
  const words = useWords(desk);
  const { close } = useWords(common);
  const queries = useQueryClient();
  const [type, setType] = useState<Plan['type']>(plan?.type ?? 'BASIC');
  const [name, setName] = useState(plan?.name ?? '');
  const [price, setPrice] = useState(plan?.price?.toString() ?? '');
  const [months, setMonths] = useState(plan?.durationMonths?.toString() ?? '1');
  const [isActive, setActive] = useState(plan?.isActive ?? true);
  const isEvent = type === 'EVENT';

  const saving = useMutation({
    mutationFn: () => {
      const time = isEvent ? {} : { durationMonths: Number(months) };
      if (plan)
        return answerOf(
          api.PATCH('/v1/plans/{id}', {
            params: { path: { id: plan.id } },
            body: { name, price: whole(price), isActive, ...time },
          }),
        );
      if (isEvent) return answerOf(api.POST('/v1/plans', { body: { type: 'EVENT', name, price: whole(price) } }));
      return answerOf(
        api.POST('/v1/plans', { body: { type, name, price: Number(price), durationMonths: Number(months) } }),
      );
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['plans'] });
      onDone();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.mutate();
  };
  return (
    <form className="stack" onSubmit={submit}>
      {!plan && (
        <Choose
          label={words.type}
          value={type}
          onChange={(value) => setType(value as Plan['type'])}
          choices={['BASIC', 'PREMIUM', 'EVENT'].map((value) => ({ value, text: value }))}
        />
      )}
      <Field label={words.name} value={name} onChange={setName} isRequired maxLength={100} />
      <Field
        label={words.price}
        value={price}
        onChange={setPrice}
        inputMode="numeric"
        pattern="[0-9]*"
        isRequired={!isEvent}
        hint={isEvent ? words.freePriceHint : words.priceHint}
      />
      {!isEvent && (
        <Field
          label={words.months}
          value={months}
          onChange={setMonths}
          inputMode="numeric"
          pattern="[0-9]+"
          isRequired
        />
      )}
      {plan && (
        <Choose
          label={words.status}
          value={String(isActive)}
          onChange={(value) => setActive(value === 'true')}
          choices={[
            { value: 'true', text: words.onSale },
            { value: 'false', text: words.offSale },
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
