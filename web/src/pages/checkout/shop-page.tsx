import { getRouteApi } from '@tanstack/react-router';
import { Payment } from './payment.tsx';
import { Plans } from './plans.tsx';
import './checkout.css';

const route = getRouteApi('/');

/** What is being paid stands in the address: a reload keeps it, and Back leads to the plans. */
export function ShopPage() {
  const { order } = route.useSearch();
  return order === undefined ? <Plans /> : <Payment key={order} orderId={order} />;
}
