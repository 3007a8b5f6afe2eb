import { getRouteApi } from '@tanstack/react-router';
import { OrderPayment } from './order-payment.tsx';
import { PlanChoice } from './plan-choice.tsx';
import './checkout.css';

const route = getRouteApi('/');

/** The order stands in the address: a reload keeps it, and the back button leads to the plans. */
export function ShopPage() {
  const { order } = route.useSearch();
  return order === undefined ? <PlanChoice /> : <OrderPayment key={order} orderId={order} />;
}
