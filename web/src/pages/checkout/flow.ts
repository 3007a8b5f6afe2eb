import type { TempOrder } from '../../api/client.ts';

const KEY = 'gudok.flow';

/** How the payment is confirmed once the buyer has authenticated. */
export type Flow = 'auto' | 'page' | 'server';

export const chosenFlow = (): Flow => (sessionStorage.getItem(KEY) as Flow | null) ?? 'auto';
export const chooseFlow = (flow: Flow): void => sessionStorage.setItem(KEY, flow);

/**
 * Where Toss sends the browser next. On a computer, to our page, which confirms and shows what it does. On a phone a card company's
 * app may bring the buyer back in another tab or browser, where nobody is signed in: there the API confirms by itself, and the
 * order id stands for the buyer. A window that fails goes through the API always, which writes down why.
 */
export function returnUrls({ successUrl, failUrl }: Pick<TempOrder, 'successUrl' | 'failUrl'>): {
  successUrl: string;
  failUrl: string;
} {
  const flow = chosenFlow();
  const byServer = flow === 'server' || (flow === 'auto' && matchMedia('(pointer: coarse)').matches);
  return { successUrl: byServer ? successUrl : `${location.origin}/order-approval`, failUrl };
}
