import { Link } from '@tanstack/react-router';
import { answerOf, api } from '../../api/client.ts';
import { Pages } from '../../ui/pages.tsx';
import { Card } from '../../ui/parts.tsx';
import { Table } from '../../ui/table.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { Differences } from './differences.tsx';
import { PaymentsTable } from './payments-table.tsx';
import { desk } from './words.ts';

const LOOKED_AGAIN_MS = 10_000;

/** What waits for a person, or for the machine to make up its mind. */
export function WorkPage() {
  const words = useWords(desk);
  return (
    <div className="stack">
      <h1>{words.workTitle}</h1>
      <Card title={words.unknown}>
        <p className="soft">{words.unknownHint}</p>
        <Pages
          queryKey={['payments', 'unknown']}
          ask={(cursor) => answerOf(api.GET('/v1/payments', { params: { query: { status: 'PENDING', cursor } } }))}
          empty={words.noUnknown}
          every={LOOKED_AGAIN_MS}
        >
          {(payments) => <PaymentsTable label={words.unknown} payments={payments} />}
        </Pages>
      </Card>
      <UnknownRefunds />
      <Differences />
    </div>
  );
}

function UnknownRefunds() {
  const words = useWords(desk);
  const { won, time } = useFormat();
  return (
    <Card title={words.unknownRefunds}>
      <Pages
        queryKey={['refunds', 'unknown']}
        ask={(cursor) => answerOf(api.GET('/v1/refunds', { params: { query: { status: 'PENDING', cursor } } }))}
        empty={words.noUnknownRefunds}
        every={LOOKED_AGAIN_MS}
      >
        {(refunds) => (
          <Table
            label={words.unknownRefunds}
            rows={refunds}
            keyOf={({ id }) => id}
            columns={[
              { name: words.when, of: ({ createdAt }) => time(createdAt) },
              {
                name: words.order,
                of: ({ orderId }) => (
                  <Link to="/console/payments/$orderId" params={{ orderId }}>
                    {orderId}
                  </Link>
                ),
              },
              { name: words.amount, number: true, of: ({ amount }) => won(amount) },
              { name: words.reason, of: ({ reason }) => reason },
              { name: words.requestedBy, of: ({ requestedBy }) => requestedBy },
            ]}
          />
        )}
      </Pages>
    </Card>
  );
}
