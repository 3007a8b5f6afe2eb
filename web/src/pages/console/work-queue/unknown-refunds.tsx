import { api, resultOf } from '../../../api/client.ts';
import { Pages } from '../../../ui/pages.tsx';
import { Card } from '../../../ui/parts.tsx';
import { Table } from '../../../ui/table.tsx';
import { useWords } from '../../../words/dictionary.ts';
import { useFormat } from '../../../words/format.ts';
import { consoleWords } from '../console-words.ts';
import { OrderLink } from '../order-link.tsx';
import { workQueueWords } from './work-queue-words.ts';

export function UnknownRefunds({ refetchInterval }: { refetchInterval: number }) {
  const words = useWords(workQueueWords);
  const columns = useWords(consoleWords);
  const { won, time } = useFormat();
  return (
    <Card title={words.unknownRefunds}>
      <Pages
        queryKey={['refunds', 'unknown']}
        fetchPage={(cursor) => resultOf(api.GET('/v1/refunds', { params: { query: { status: 'PENDING', cursor } } }))}
        empty={words.noUnknownRefunds}
        refetchInterval={refetchInterval}
      >
        {(refunds) => (
          <Table
            label={words.unknownRefunds}
            rows={refunds}
            keyOf={({ id }) => id}
            columns={[
              { name: columns.time, of: ({ createdAt }) => time(createdAt) },
              {
                name: columns.order,
                of: ({ orderId }) => <OrderLink orderId={orderId} />,
              },
              { name: columns.amount, number: true, of: ({ amount }) => won(amount) },
              { name: columns.reason, of: ({ reason }) => reason },
              { name: words.requestedBy, of: ({ requestedBy }) => requestedBy },
            ]}
          />
        )}
      </Pages>
    </Card>
  );
}
