import { describe, expect, it } from '@jest/globals';
import { shownFields } from './shown-fields.ts';

describe('of a body is shown', () => {
  it.each([
    [
      'what is on the list',
      { eventType: 'X', data: { status: 'DONE', totalAmount: 1 } },
      { eventType: 'X', data: { status: 'DONE', totalAmount: 1 } },
    ],
    [
      'that there was more, but not what',
      { data: { accountNumber: '1', metadata: { a: 1 }, virtualAccount: { holderName: 'h' } } },
      { data: { accountNumber: '***', metadata: '***', virtualAccount: { holderName: '***' } } },
    ],
    ['null as null', { data: null, card: { number: null } }, { data: null, card: { number: null } }],
    [
      'nothing under a listed name that is no single value',
      { status: { name: 'n' }, orderId: ['n'] },
      { status: '***', orderId: '***' },
    ],
    [
      'nothing of a list in the place of an object',
      { data: ['n', { status: 'DONE', name: 'n' }] },
      { data: ['***', { status: 'DONE', name: '***' }] },
    ],
    ['no name that is data', { '010-1234-5678': 1, 'a b': 2 }, {}],
    [
      'no text that cannot be written, or is too long',
      { status: 'a\0', code: '\ud800', orderId: 'x'.repeat(201) },
      { status: '***', code: '***', orderId: '***' },
    ],
    [
      'nothing too deep',
      { data: { data: { data: { data: { status: 'DONE' } } } } },
      { data: { data: { data: { data: '***' } } } },
    ],
    ['nothing of what is no object', 'text', '***'],
  ])('%s', (_, body, shown) => {
    expect(shownFields(body)).toEqual(shown);
  });
});
