import { describe, expect, it } from '@jest/globals';
import { afterDecline, verdictOf } from './dunning.policy.ts';

const at = (text: string) => new Date(`${text}+09:00`);
const dueAt = at('2027-02-10T12:00');

describe('after a decline', () => {
  it.each([
    [
      'the first soft one: a day later',
      'later',
      null,
      '2027-02-10T10:00',
      '2027-02-11T10:00',
      '2027-02-10T10:00',
      null,
    ],
    [
      'the second: the third day',
      'later',
      '2027-02-10T10:00',
      '2027-02-11T10:00',
      '2027-02-13T10:00',
      '2027-02-10T10:00',
      null,
    ],
    [
      'the last: not again, until the grace is over',
      'later',
      '2027-02-10T10:00',
      '2027-02-17T10:00',
      null,
      '2027-02-10T10:00',
      '2027-02-17T10:00',
    ],
    ['a hard one: not again', 'another_card', null, '2027-02-10T10:00', null, '2027-02-10T10:00', '2027-02-17T10:00'],
    [
      'our own trouble: an hour later, not counted',
      'our_fault',
      null,
      '2027-02-10T10:00',
      '2027-02-10T11:00',
      null,
      null,
    ],
    ['our own trouble that lasts: a day later', 'our_fault', null, '2027-02-12T10:00', '2027-02-13T10:00', null, null],
    [
      'our keys are refused: an hour later, however long',
      'credentials_refused',
      null,
      '2027-02-20T10:00',
      '2027-02-20T11:00',
      null,
      null,
    ],
    [
      'an order id that is used up: at once under another one',
      'another_order',
      '2027-02-10T10:00',
      '2027-02-11T10:00',
      '2027-02-11T10:01',
      '2027-02-10T10:00',
      null,
    ],
    [
      'a charge that was stopped: as the buyer decides',
      'stopped',
      null,
      '2027-02-10T11:00',
      '2027-02-10T11:00',
      null,
      null,
    ],
  ] as const)('%s', (_, verdict, since, now, nextChargeAt, pastDueSince, graceUntil) => {
    expect(afterDecline(verdict, { pastDueSince: since && at(since), dueAt }, at(now))).toEqual({
      nextChargeAt: nextChargeAt && at(nextChargeAt),
      pastDueSince: pastDueSince && at(pastDueSince),
      graceUntil: graceUntil && at(graceUntil),
    });
  });
});

describe('a decline', () => {
  it.each([
    ['a limit or a balance', { reason: 'declined' }, 'later'],
    ['the provider is busy', { reason: 'retry' }, 'later'],
    ['the card has run out', { reason: 'buyer' }, 'another_card'],
    ['the card was lost', { reason: 'declined', hint: 'method_unusable' }, 'another_card'],
    ['our request is wrong', { reason: 'configuration' }, 'our_fault'],
    ['our credentials are refused', { reason: 'configuration', hint: 'credentials_refused' }, 'credentials_refused'],
    ['the order id was used before', { reason: 'done', hint: 'order_used_up', attempt: 2 }, 'another_order'],
    ['a new order id is called used', { reason: 'done', hint: 'order_used_up' }, 'our_fault'],
    ['the buyer stopped it', { code: 'PAYMENT_STOPPED', reason: 'buyer' }, 'stopped'],
    ['an operator resolved it', { code: 'RESOLVED_NOT_PAID', reason: 'buyer' }, 'another_order'],
  ] as const)('%s', (_, decline, verdict) => {
    expect(verdictOf({ code: 'CODE', hint: null, attempt: 1, ...decline })).toBe(verdict);
  });
});
