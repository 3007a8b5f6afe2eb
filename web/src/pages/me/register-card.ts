import { useMutation, useQuery } from '@tanstack/react-query';
import { loadTossPayments } from '@tosspayments/tosspayments-sdk';
import { answerOf, api } from '../../api/client.ts';
import { configQuery } from '../../api/queries.ts';

/**
 * Opens Toss's window for a card. It comes back through the API, which puts the card on file and sends the browser on to /me: the
 * one-time key never stands in an address of ours, and a phone's other browser, where nobody is signed in, does as well.
 */
export function useRegisterCard() {
  const { data: config } = useQuery(configQuery);
  return useMutation({
    mutationFn: async () => {
      const { clientKey, customerKey, successUrl, failUrl } = await answerOf(api.GET('/v1/billing-keys/registration'));
      const toss = await loadTossPayments(clientKey, { src: config!.sdkUrl });
      await toss.payment({ customerKey }).requestBillingAuth({ method: 'CARD', successUrl, failUrl });
    },
  });
}
