import { Problem } from '../../platform/problem.ts';
import { explain } from '../../providers/index.ts';

/** The provider's refusal, in its own words; but that it refuses our credentials is not shown to the buyer. */
export function declinedProblem({ code, message }: { code: string; message: string }): Problem {
  const meaning = explain(code);
  if (meaning.hint === 'credentials_refused') return new Problem('PROVIDER_MISCONFIGURED');
  return new Problem('PAYMENT_DECLINED', { toss: { code, message: message || meaning.message || code } });
}
