import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { ApiProblem, type CheckoutConfig, type TempOrder } from '../../api/client.ts';
import { configQuery, paymentQuery, tempOrderQuery } from '../../api/queries.ts';
import { SignedIn } from '../../session/sign-in.tsx';
import { Button } from '../../ui/button.tsx';
import { Card, Facts } from '../../ui/parts.tsx';
import { Failure, Loaded, Loading } from '../../ui/states.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { returnUrls } from './confirmation-flow.ts';
import { failWords } from './outcome-words.ts';
import { PaymentRequestButton } from './payment-request-button.tsx';
import { orderPaymentWords } from './shop-words.ts';
import { useWidgets } from './use-widgets.ts';

const ORDER_GONE = ['ORDER_NOT_FOUND', 'ORDER_EXPIRED'];

/** An order that waits for its payment, and the widgets of Toss to pay it. */
export function OrderPayment({ orderId }: { orderId: string }) {
  return <SignedIn area="shop">{() => <Order orderId={orderId} />}</SignedIn>;
}

function Order({ orderId }: { orderId: string }) {
  const words = useWords(orderPaymentWords);
  const order = useQuery(tempOrderQuery(orderId));
  // The back button leads here after the payment, when the temp order is gone: the payment shows the outcome.
  const isGone = order.error instanceof ApiProblem && ORDER_GONE.includes(order.error.problem.code);
  const payment = useQuery({ ...paymentQuery(orderId), enabled: isGone, retry: false });
  if (isGone && payment.isLoading) return <Loading what={words.loading} />;
  if (payment.data && !['FAILED', 'EXPIRED'].includes(payment.data.status)) return <AlreadyPaid orderId={orderId} />;
  return (
    <div className="stack">
      <h1>{words.title}</h1>
      <Loaded query={order}>
        {(data) => (
          <>
            <Summary order={data} />
            {data.amount === 0 ? <PayFromBalance orderId={data.orderId} /> : <PayWithToss order={data} />}
          </>
        )}
      </Loaded>
      <p>
        <Link to="/">{words.otherPlans}</Link>
      </p>
    </div>
  );
}

function AlreadyPaid({ orderId }: { orderId: string }) {
  const words = useWords(orderPaymentWords);
  const { choosePlan } = useWords(failWords);
  return (
    <div className="stack">
      <h1>{words.alreadyPaid}</h1>
      <div className="row">
        <Link to="/order-success" search={{ orderId }} className="button" data-kind="primary">
          {words.seeResult}
        </Link>
        <Link to="/" className="button">
          {choosePlan}
        </Link>
      </div>
    </div>
  );
}

function Summary({ order }: { order: TempOrder }) {
  const words = useWords(orderPaymentWords);
  const { won, time } = useFormat();
  const { proration } = order;
  return (
    <Card label={words.product}>
      <Facts
        facts={[
          [words.product, order.orderName],
          [words.newPlan, proration && won(proration.charge)],
          [words.credit, proration && `−${won(proration.credit)}`],
          [words.balance, order.balanceUsed !== 0 && won(-order.balanceUsed)],
          [words.amount, <strong key="amount">{won(order.amount)}</strong>],
          [words.validUntil, time(order.expiresAt)],
        ]}
      />
    </Card>
  );
}

/** The balance pays for the whole order, so no payment window is opened. */
function PayFromBalance({ orderId }: { orderId: string }) {
  const words = useWords(orderPaymentWords);
  return (
    <Link to="/order-approval" search={{ orderId, amount: '0' }} className="button" data-kind="primary">
      {words.payFromBalance}
    </Link>
  );
}

function PayWithToss({ order }: { order: TempOrder }) {
  const query = useQuery(configQuery);
  const [round, setRound] = useState(0);
  return (
    <Loaded query={query}>
      {(config) => (
        <>
          <PaymentRequestButton order={order} config={config.paymentRequest} />
          <Widgets key={round} order={order} config={config} onReload={() => setRound(round + 1)} />
        </>
      )}
    </Loaded>
  );
}

function Widgets({ order, config, onReload }: { order: TempOrder; config: CheckoutConfig; onReload: () => void }) {
  const words = useWords(orderPaymentWords);
  const { won } = useFormat();
  const { isReady, error, agreed, pay } = useWidgets(order, config.sdkUrl);
  const [problem, setProblem] = useState<string | null>(null);
  const [isLeaving, setLeaving] = useState(false);
  const press = () => {
    setProblem(null);
    setLeaving(true);
    pay(returnUrls(order)).catch((error: Error) => {
      setLeaving(false);
      setProblem(error.message);
    });
  };
  return (
    <section className="stack" aria-label={words.method}>
      {!isReady && !error && <Loading what={words.loading} />}
      {error && <Failure error={error} text={words.loadingFailed} retry={onReload} />}
      {/* Toss renders its widgets here, always in light colours. */}
      <div className="widgets" hidden={!isReady}>
        <div id="payment-methods" />
        <div id="agreement" />
      </div>
      {problem && (
        <p role="alert" className="notice" data-tone="bad">
          {problem}
        </p>
      )}
      {isReady && !agreed && <p className="small soft">{words.agreeFirst}</p>}
      <Button kind="primary" wide isDisabled={!isReady || !agreed} isPending={isLeaving} onPress={press}>
        {words.pay(won(order.amount))}
      </Button>
    </section>
  );
}
