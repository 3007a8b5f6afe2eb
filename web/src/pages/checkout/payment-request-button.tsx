import { useState } from 'react';
import type { CheckoutConfig, TempOrder } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { useLanguage } from '../../words/language.ts';
import { orderPaymentWords } from './shop-words.ts';

type Config = NonNullable<CheckoutConfig['paymentRequest']>;

/** Both the browser and the provider's keys must support it. */
function isOffered(config: Config | null): config is Config {
  return config !== null && config.methods.length > 0 && 'PaymentRequest' in globalThis;
}

/**
 * Apple Pay or Google Pay through the browser's payment sheet. Toss gives merchants no key for it today (its own window
 * shows these wallets), so the API offers none and the button is not shown. Toss also has no call that turns the
 * response of a wallet into a payment to confirm: until there is one, the sheet ends as a failure without a charge.
 */
export function PaymentRequestButton({ order, config }: { order: TempOrder; config: Config | null }) {
  const words = useWords(orderPaymentWords);
  const { won } = useFormat();
  const language = useLanguage();
  const [problem, setProblem] = useState<string | null>(null);
  if (!isOffered(config)) return null;

  const start = async () => {
    // The sheet names the charge in won. The buyer's currency is only an estimate beside it.
    const total = { label: order.orderName, amount: { currency: 'KRW', value: String(order.amount) } };
    try {
      const response = await new PaymentRequest(config.methods, { total }).show();
      await response.complete('fail');
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  const estimate = config.buyerCurrency;
  return (
    <section className="card" aria-label={words.oneTap}>
      <Button kind="primary" wide onPress={() => void start()}>
        {words.oneTap}
      </Button>
      <p>{words.oneTapCharge(won(order.amount))}</p>
      {estimate && (
        <p className="small soft">
          {words.oneTapEstimate(
            (order.amount / estimate.wonPerUnit).toLocaleString(language, {
              style: 'currency',
              currency: estimate.currency,
            }),
          )}
        </p>
      )}
      {problem && <p role="alert">{problem}</p>}
    </section>
  );
}
