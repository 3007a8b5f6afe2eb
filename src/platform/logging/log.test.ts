import { expect, it } from '@jest/globals';
import { masked } from './log.ts';

it('masks secrets at any depth', () => {
  const line = {
    orderId: 'o-1',
    body: {
      card: { cardNumber: '4330', issuer: '41' },
      refundReceiveAccount: { accountNumber: '110', holderName: 'Kim' },
    },
    sent: [{ headers: { Authorization: 'Bearer x' } }],
    at: new Date(0),
  };
  expect(masked(line)).toEqual({
    orderId: 'o-1',
    body: {
      card: { cardNumber: '***', issuer: '41' },
      refundReceiveAccount: { accountNumber: '***', holderName: '***' },
    },
    sent: [{ headers: { Authorization: '***' } }],
    at: new Date(0),
  });
});

it('ends with an object that contains itself', () => {
  const round: Record<string, unknown> = { secret: 's' };
  round['again'] = round;
  expect(JSON.stringify(masked(round))).not.toContain('"s"');
});
