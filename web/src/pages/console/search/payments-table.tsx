import { Link } from '@tanstack/react-router';
import type { Payment } from '../../../api/client.ts';
import { StatusBadge } from '../../../ui/status.tsx';
import { Table } from '../../../ui/table.tsx';
import { useWords } from '../../../words/dictionary.ts';
import { useFormat } from '../../../words/format.ts';
import { consoleWords } from '../console-words.ts';

export function PaymentsTable({ label, payments }: { label: string; payments: Payment[] }) {
  const words = useWords(consoleWords);
  const { won, time } = useFormat();
  return (
    <Table
      label={label}
      rows={payments}
      keyOf={({ orderId }) => orderId}
      columns={[
        { name: words.time, of: ({ createdAt }) => time(createdAt) },
        {
          name: words.order,
          of: ({ orderId, orderName }) => (
            <>
              <Link to="/console/payments/$orderId" params={{ orderId }}>
                {orderName}
              </Link>
              <br />
              <code className="soft">{orderId}</code>
            </>
          ),
        },
        { name: words.user, of: ({ userId }) => userId },
        { name: words.amount, number: true, of: ({ amount }) => won(amount) },
        { name: words.status, of: ({ status }) => <StatusBadge status={status} /> },
        {
          name: words.method,
          of: ({ paymentMethod, failure }) => paymentMethod ?? (failure && <code>{failure.code}</code>),
        },
      ]}
    />
  );
}
