import type { TempOrder } from '../../api/client.ts';

const KEY = 'gudok.flow';

/** Who confirms the payment after the buyer has authenticated: the page, the server, or whichever suits the device. */
export type ConfirmationFlow = 'auto' | 'page' | 'server';

export const chosenFlow = (): ConfirmationFlow => (sessionStorage.getItem(KEY) as ConfirmationFlow | null) ?? 'auto';
export const chooseFlow = (flow: ConfirmationFlow): void => sessionStorage.setItem(KEY, flow);

/**
 * Where Toss redirects the browser. On a computer it is our page, which confirms the payment and shows the progress. On
 * a phone the app of a card company may return to another browser, without the session: there the API confirms, and the
 * order id identifies the buyer. A failed window always goes through the API, which records the reason.
 */
export function returnUrls({ successUrl, failUrl }: Pick<TempOrder, 'successUrl' | 'failUrl'>): {
  successUrl: string;
  failUrl: string;
} {
  const flow = chosenFlow();
  const isByServer = flow === 'server' || (flow === 'auto' && matchMedia('(pointer: coarse)').matches);
  return { successUrl: isByServer ? successUrl : `${location.origin}/order-approval`, failUrl };
}
