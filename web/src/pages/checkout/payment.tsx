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
import { returnUrls } from './flow.ts';
import { OneTap } from './one-tap.tsx';
import { useWidgets } from './widgets.ts';
import { outcome, shop } from './words.ts';

const GONE = ['ORDER_NOT_FOUND', 'ORDER_EXPIRED'];

/** An order that waits to be paid: what it is, and Toss's widgets to pay it with. */
export function Payment({ orderId }: { orderId: string }) {
  return <SignedIn desk="shop">{() => <Order orderId={orderId} />}</SignedIn>;
}

function Order({ orderId }: { orderId: string }) {
  const words = useWords(shop);
  const order = useQuery(tempOrderQuery(orderId));
  const config = useQuery(configQuery);
  const [round, setRound] = useState(0);
  // Going back after the payment leads here, where the order is no more: what became of it is told by its payment.
  const gone = order.error instanceof ApiProblem && GONE.includes(order.error.problem.code);
  const payment = useQuery({ ...paymentQuery(orderId), enabled: gone, retry: false });
  if (gone && payment.isLoading) return <Loading what={words.preparing} />;
  if (payment.data && !['FAILED', 'EXPIRED'].includes(payment.data.status)) return <Paid orderId={orderId} />;
  return (
    <div className="stack">
      <h1>{words.payTitle}</h1>
      <Loaded query={order}>
        {(data) => (
          <>
            <Summary order={data} />
            {data.amount === 0 ? (
              <NothingToPay orderId={data.orderId} />
            ) : (
              <Loaded query={config}>
                {(known) => (
                  <>
                    <OneTap order={data} offer={known.paymentRequest} />
                    <Widgets key={round} order={data} config={known} load={() => setRound(round + 1)} />
                  </>
                )}
              </Loaded>
            )}
          </>
        )}
      </Loaded>
      <p>
        <Link to="/">{words.backToPlans}</Link>
      </p>
    </div>
  );
}

function Paid({ orderId }: { orderId: string }) {
  const words = useWords(outcome);
  return (
    <div className="stack">
      <h1>{words.alreadyPaid}</h1>
      <div className="row">
        <Link to="/order-success" search={{ orderId }} className="button" data-kind="primary">
          {words.toPayment}
        </Link>
        <Link to="/" className="button">
          {words.chooseAgain}
        </Link>
      </div>
    </div>
  );
}

function Summary({ order }: { order: TempOrder }) {
  const words = useWords(shop);
  const { won, time } = useFormat();
  const { proration } = order;
  return (
    <Card label={words.product}>
      <Facts
        facts={[
          [words.product, order.orderName],
          [words.newPlanFor, proration && won(proration.charge)],
          [words.credit, proration && `−${won(proration.credit)}`],
          [words.balance, order.balanceUsed !== 0 && won(-order.balanceUsed)],
          [words.toPay, <strong key="amount">{won(order.amount)}</strong>],
          [words.validUntil, time(order.expiresAt)],
        ]}
      />
    </Card>
  );
}

/** The balance pays for all of it: there is nothing to do in a window of Toss's. */
function NothingToPay({ orderId }: { orderId: string }) {
  const words = useWords(shop);
  return (
    <Link to="/order-approval" search={{ orderId, amount: '0' }} className="button" data-kind="primary">
      {words.payFromBalance}
    </Link>
  );
}

function Widgets({ order, config, load }: { order: TempOrder; config: CheckoutConfig; load: () => void }) {
  const words = useWords(shop);
  const { won } = useFormat();
  const { state, agreed, pay } = useWidgets(order, config.sdkUrl);
  const [refused, setRefused] = useState<string | null>(null);
  const [leaving, setLeaving] = useState(false);
  const press = () => {
    setRefused(null);
    setLeaving(true);
    pay(returnUrls(order)).catch((error: Error) => {
      setLeaving(false);
      setRefused(error.message);
    });
  };
  return (
    <section className="stack" aria-label={words.method}>
      {state === 'loading' && <Loading what={words.preparing} />}
      {state === 'failed' && <Failure error={new Error(words.sdkFailed)} retry={load} />}
      {/* Toss draws its own, light, into these. */}
      <div className="widgets" hidden={state !== 'ready'}>
        <div id="payment-methods" />
        <div id="agreement" />
      </div>
      {refused && (
        <p role="alert" className="notice" data-tone="bad">
          {refused}
        </p>
      )}
      {state === 'ready' && !agreed && <p className="small soft">{words.agree}</p>}
      <Button kind="primary" wide isDisabled={state !== 'ready' || !agreed} isPending={leaving} onPress={press}>
        {words.pay(won(order.amount))}
      </Button>
    </section>
  );
}
