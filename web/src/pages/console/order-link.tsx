import { Link } from '@tanstack/react-router';

/** The order id as a link to its payment history. */
export function OrderLink({ orderId }: { orderId: string }) {
  return (
    <Link to="/console/payments/$orderId" params={{ orderId }}>
      {orderId}
    </Link>
  );
}
