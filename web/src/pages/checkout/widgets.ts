import { loadTossPayments } from '@tosspayments/tosspayments-sdk';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { TempOrder } from '../../api/client.ts';

type Widgets = ReturnType<Awaited<ReturnType<typeof loadTossPayments>>['widgets']>;
type Urls = { successUrl: string; failUrl: string };

/**
 * Toss's widgets in `#payment-methods` and `#agreement`: amount first, then drawn, then usable once the required terms are agreed to.
 * Toss refuses to draw twice, so what was drawn is taken down when the page is left.
 */
export function useWidgets({ orderId, orderName, amount, customerKey, clientKey }: TempOrder, sdkUrl: string) {
  const [state, setState] = useState<'loading' | 'ready' | 'failed'>('loading');
  const [agreed, setAgreed] = useState(false);
  const widgets = useRef<Widgets | null>(null);

  useEffect(() => {
    let left = false;
    const drawn: { destroy(): Promise<void> }[] = [];
    const takeDown = () => drawn.splice(0).forEach((widget) => void widget.destroy());
    const draw = async () => {
      const toss = await loadTossPayments(clientKey, { src: sdkUrl });
      if (left) return;
      const made = toss.widgets({ customerKey });
      await made.setAmount({ currency: 'KRW', value: amount });
      if (left) return;
      drawn.push(await made.renderPaymentMethods({ selector: '#payment-methods', variantKey: 'DEFAULT' }));
      const agreement = await made.renderAgreement({ selector: '#agreement', variantKey: 'AGREEMENT' });
      drawn.push(agreement);
      agreement.on('agreementStatusChange', ({ agreedRequiredTerms }) => setAgreed(agreedRequiredTerms));
      if (left) return takeDown();
      widgets.current = made;
      setState('ready');
    };
    draw().catch(() => !left && setState('failed'));
    return () => {
      left = true;
      widgets.current = null;
      takeDown();
    };
  }, [amount, clientKey, customerKey, sdkUrl]);

  const pay = useCallback(
    async (urls: Urls) => void (await widgets.current?.requestPayment({ orderId, orderName, ...urls })),
    [orderId, orderName],
  );
  return { state, agreed, pay };
}
