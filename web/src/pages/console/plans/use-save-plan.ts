import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, type Plan, resultOf } from '../../../api/client.ts';

/** The values of the form, as they are typed. */
export interface PlanValues {
  type: Plan['type'];
  name: string;
  price: string;
  months: string;
  isActive: boolean;
}

function save(plan: Plan | null, { type, name, price: priceText, months, isActive }: PlanValues) {
  const price = priceText.trim() === '' ? null : Number(priceText);
  const durationMonths = Number(months);
  if (plan) {
    const body = { name, price, isActive, ...(type !== 'EVENT' && { durationMonths }) };
    return resultOf(api.PATCH('/v1/plans/{id}', { params: { path: { id: plan.id } }, body }));
  }
  if (type === 'EVENT') return resultOf(api.POST('/v1/plans', { body: { type, name, price } }));
  return resultOf(api.POST('/v1/plans', { body: { type, name, price: Number(priceText), durationMonths } }));
}

/** Creates the plan (null) or changes an existing one. */
export function useSavePlan(plan: Plan | null, onSaved: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (values: PlanValues) => save(plan, values),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['plans'] });
      onSaved();
    },
  });
}
