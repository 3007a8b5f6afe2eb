import { useState } from 'react';
import type { CheckoutConfig, TempOrder } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { useLanguage } from '../../words/language.ts';
import { shop } from './words.ts';

type Offer = NonNullable<CheckoutConfig['paymentRequest']>;

/** Only where the browser can and the provider's keys allow it. */
export function isOffered(offer: Offer | null, browser: object = globalThis): offer is Offer {
  return offer !== null && offer.methods.length > 0 && 'PaymentRequest' in browser;
}

/**
 * Apple Pay or Google Pay through the browser's own sheet. Toss gives merchants no key for it today (it shows these wallets in its
 * own window), so the API offers none and this is not shown; nor is there yet a call of Toss's that would turn the wallet's answer
 * into a payment to confirm. Until there is, the sheet's answer ends as a failure and nothing is charged.
 */
export function OneTap({ order, offer }: { order: TempOrder; offer: Offer | null }) {
  const words = useWords(shop);
  const { won } = useFormat();
  const language = useLanguage();
  const [stopped, setStopped] = useState<string | null>(null);
  if (!isOffered(offer)) return null;

  const start = async () => {
    // The sheet names what is charged, in won; the buyer's currency is only ever beside it.
    const total = { label: order.orderName, amount: { currency: 'KRW', value: String(order.amount) } };
    try {
      const response = await new PaymentRequest(offer.methods, { total }).show();
      await response.complete('fail');
    } catch (error) {
      setStopped((error as Error).message);
    }
  };
  const about = offer.buyerCurrency;
  return (
    <section className="card" aria-label={words.oneTap}>
      <Button kind="primary" wide onPress={() => void start()}>
        {words.oneTap}
      </Button>
      <p>{words.oneTapCharge(won(order.amount))}</p>
      {about && (
        <p className="small soft">
          {words.oneTapAbout(
            (order.amount / about.wonPerUnit).toLocaleString(language, { style: 'currency', currency: about.currency }),
          )}
        </p>
      )}
      {stopped && <p role="alert">{stopped}</p>}
    </section>
  );
}
