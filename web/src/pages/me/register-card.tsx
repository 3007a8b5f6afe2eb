import { useMutation, useQuery } from '@tanstack/react-query';
import { loadTossPayments } from '@tosspayments/tosspayments-sdk';
import { api, ApiProblem, resultOf } from '../../api/client.ts';
import { configQuery } from '../../api/queries.ts';
import { Failure } from '../../ui/states.tsx';
import { useWords } from '../../words/dictionary.ts';
import { cardWords } from './card-words.ts';

/**
 * Opens the registration window of Toss. Toss returns through the API, which registers the card and redirects to /me:
 * no address of a page contains the one-time key, and it works in another browser on a phone, without the session.
 */
export function useRegisterCard() {
  const { data: config } = useQuery(configQuery);
  return useMutation({
    mutationFn: async () => {
      const { clientKey, customerKey, successUrl, failUrl } = await resultOf(api.GET('/v1/billing-keys/registration'));
      const toss = await loadTossPayments(clientKey, { src: config!.sdkUrl });
      await toss.payment({ customerKey }).requestBillingAuth({ method: 'CARD', successUrl, failUrl });
    },
  });
}

/** A problem of the API, or a window that did not open. */
export function RegistrationFailure({ error }: { error: Error }) {
  const words = useWords(cardWords);
  if (error instanceof ApiProblem) return <Failure error={error} />;
  return (
    <p role="alert" className="notice" data-tone="bad">
      {words.windowFailed}
    </p>
  );
}
