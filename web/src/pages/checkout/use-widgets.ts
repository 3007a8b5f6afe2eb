import { loadTossPayments } from '@tosspayments/tosspayments-sdk';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { TempOrder } from '../../api/client.ts';

type Widgets = ReturnType<Awaited<ReturnType<typeof loadTossPayments>>['widgets']>;
type Urls = { successUrl: string; failUrl: string };

/**
 * Renders the widgets of Toss into `#payment-methods` and `#agreement`. `agreed` follows the required terms. Toss
 * refuses to render a widget twice, so the widgets are destroyed when the page is left.
 */
export function useWidgets({ orderId, orderName, amount, customerKey, clientKey }: TempOrder, sdkUrl: string) {
  const [isReady, setReady] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const [agreed, setAgreed] = useState(false);
  const widgets = useRef<Widgets | null>(null);

  useEffect(() => {
    let isUnmounted = false;
    const rendered: { destroy(): Promise<void> }[] = [];
    const destroyAll = () => rendered.splice(0).forEach((widget) => void widget.destroy());
    const render = async () => {
      const toss = await loadTossPayments(clientKey, { src: sdkUrl });
      if (isUnmounted) return;
      const created = toss.widgets({ customerKey });
      await created.setAmount({ currency: 'KRW', value: amount });
      if (isUnmounted) return;
      rendered.push(await created.renderPaymentMethods({ selector: '#payment-methods', variantKey: 'DEFAULT' }));
      const agreement = await created.renderAgreement({ selector: '#agreement', variantKey: 'AGREEMENT' });
      rendered.push(agreement);
      agreement.on('agreementStatusChange', ({ agreedRequiredTerms }) => setAgreed(agreedRequiredTerms));
      if (isUnmounted) return destroyAll();
      widgets.current = created;
      setReady(true);
    };
    render().catch((cause: Error) => !isUnmounted && setError(cause));
    return () => {
      isUnmounted = true;
      widgets.current = null;
      destroyAll();
    };
  }, [amount, clientKey, customerKey, sdkUrl]);

  const pay = useCallback(
    async (urls: Urls) => void (await widgets.current?.requestPayment({ orderId, orderName, ...urls })),
    [orderId, orderName],
  );
  return { isReady, error, agreed, pay };
}
