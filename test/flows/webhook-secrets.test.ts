import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Api } from '../support/api.ts';
import { expectBooksToAgree } from '../support/books.ts';
import { deliver, orderOf, webhookEvents } from '../support/incoming.ts';
import { createWorld, eventually, type World } from '../support/world.ts';

let world: World;
let operator: Api;
let toss: Server;
let hidesSecret = false;
let buyers = 0;

/** Toss, except that a retrieved payment may lack its secret (older captures show null). */
async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { authorization, 'content-type': type, 'idempotency-key': key } = request.headers;
  const answer = await fetch(world.settings.simulatorUrl! + request.url, {
    method: request.method!,
    headers: {
      ...(authorization && { authorization }),
      ...(type && { 'content-type': type }),
      ...(key && { 'idempotency-key': String(key) }),
    },
    ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
  });
  const text = await answer.text();
  const body = request.method === 'GET' && hidesSecret ? text.replace(/"secret":"[^"]*"/, '"secret":null') : text;
  response.writeHead(answer.status, { 'Content-Type': 'application/json' }).end(body);
}

beforeAll(async () => {
  toss = createServer((request, response) => void forward(request, response)).listen(0, '127.0.0.1');
  await new Promise((resolve) => toss.once('listening', resolve));
  world = await createWorld({ tossApiUrl: `http://127.0.0.1:${(toss.address() as AddressInfo).port}` }, true);
  operator = await world.api.as('op', 'operator');
});
afterEach(async () => {
  hidesSecret = false;
  await expectBooksToAgree(world);
});
afterAll(async () => {
  await world.close();
  toss.close();
});

const secretOf = async (paymentKey: string): Promise<string> => {
  const authorization = `Basic ${btoa(`${world.settings.tossSecretKey}:`)}`;
  const answer = await fetch(`${world.settings.simulatorUrl}/v1/payments/${paymentKey}`, {
    headers: { authorization },
  });
  return ((await answer.json()) as { secret: string }).secret;
};
const callback = (orderId: string, secret: string) => ({
  createdAt: '2026-11-21T00:00:00.000000',
  secret,
  status: 'DONE',
  transactionKey: 'x',
  orderId,
});

async function issued() {
  const bought = await orderOf(world, `secrets-${++buyers}`, '가상계좌');
  expect((await bought.confirm()).body.payment.status).toBe('WAITING_FOR_DEPOSIT');
  return { ...bought, events: (query = '') => webhookEvents(operator, `orderId=${bought.orderId}${query}`) };
}

describe('a deposit', () => {
  it('is genuine by the secret that came with the account, though a retrieved payment shows none', async () => {
    hidesSecret = true;
    const { orderId, events } = await issued();
    await world.simulator.deposit(orderId);
    const processed = await eventually('the deposit to be processed', async () => {
      const done = await events('&type=DEPOSIT_CALLBACK&processed=true');
      return done.some(({ data }) => data.status === 'DONE') && done;
    });
    expect(processed.map(({ status }) => status)).toEqual(processed.map(() => 'PROCESSED'));
    expect((await operator.get(`/v1/payments/${orderId}`)).body.status).toBe('SUCCESS');
  });

  it('with a guessed secret is forged, though a retrieved payment shows none', async () => {
    hidesSecret = true;
    const { orderId, events } = await issued();
    await deliver(world, callback(orderId, 'ps_guessed'));
    const forged = await eventually(
      'the forged one to be found out',
      async () => (await events('&status=UNHANDLED'))[0],
    );
    expect(forged.note).toContain('forged');
  });

  it('of an account whose secret was never kept is compared with the retrieved one', async () => {
    const { orderId, paymentKey, events } = await issued();
    await world.database.query('UPDATE payment SET deposit_secret_hash = NULL WHERE order_id = $1', [orderId]);
    await deliver(world, callback(orderId, 'ps_guessed'));
    await eventually('the forged one to be found out', async () => (await events('&status=UNHANDLED'))[0]);
    const genuine = callback(orderId, await secretOf(paymentKey));
    await deliver(world, genuine);
    const all = await eventually('all to be processed', async () => {
      const found = await events('&type=DEPOSIT_CALLBACK');
      return found.every(({ processed }) => processed) && found;
    });
    expect(all.filter(({ status }) => status === 'UNHANDLED')).toHaveLength(1);
  });

  it('is compared by hash: the secret itself is nowhere in the open', async () => {
    const { orderId, paymentKey } = await issued();
    const secret = await secretOf(paymentKey);
    const [row] = await world.database.query<{ deposit_secret_hash: string }>(
      'SELECT * FROM payment WHERE order_id = $1',
      [orderId],
    );
    expect(row!.deposit_secret_hash).toBe(createHash('sha256').update(secret).digest('hex'));
    expect(JSON.stringify(row)).not.toContain(secret);
  });
});

describe('what is shown of a webhook', () => {
  it('is what the console needs and nothing of a person', async () => {
    const { orderId, paymentKey, events } = await issued();
    const body = {
      eventType: 'PAYMENT_STATUS_CHANGED',
      createdAt: '2026-11-21T10:00:00.000000',
      customerIdentity: '900101-1234567',
      data: {
        orderId,
        paymentKey,
        status: 'WAITING_FOR_DEPOSIT',
        method: '가상계좌',
        totalAmount: 9_900,
        balanceAmount: 9_900,
        currency: 'KRW',
        secret: 'ps_told_nobody',
        requestedAt: '2026-11-21T10:00:00+09:00',
        orderName: '홍길동님의 주문',
        metadata: { phone: '010-1234-5678' },
        virtualAccount: {
          bankCode: '88',
          accountNumber: '110123456789',
          customerName: '홍길동',
          dueDate: '2026-11-28T23:59:59+09:00',
          refundReceiveAccount: { bankCode: '88', accountNumber: '220123456789', holderName: '홍길동' },
        },
        card: { issuerCode: '71', number: '12345678****000*', approveNo: '00000000', amount: 9_900 },
        mobilePhone: { customerMobilePhone: { plain: '01012345678', masking: '010****5678' } },
        cashReceipt: { registrationNumber: '01012345678', amount: 9_900 },
        cashReceipts: [{ customerIdentityNumber: '0101234****', amount: 9_900 }],
        cancels: [
          {
            cancelAmount: 100,
            canceledAt: '2026-11-21T10:00:00+09:00',
            cancelReason: '홍길동 변심',
            transactionKey: 'key-of-cancel',
            cancelStatus: 'DONE',
          },
        ],
        failure: { code: 'REJECT_CARD_COMPANY', message: '홍길동님의 카드' },
        fieldOfTomorrow: '01012345678',
        status2: { orderId: '홍길동' },
      },
    };
    await deliver(world, body);
    const event = await eventually('it to be listed', async () => (await events('&type=PAYMENT_STATUS_CHANGED'))[0]);
    expect(event.data).toMatchObject({
      eventType: 'PAYMENT_STATUS_CHANGED',
      createdAt: '2026-11-21T10:00:00.000000',
      data: {
        orderId,
        paymentKey,
        status: 'WAITING_FOR_DEPOSIT',
        method: '가상계좌',
        totalAmount: 9_900,
        balanceAmount: 9_900,
        currency: 'KRW',
        secret: '***',
        virtualAccount: {
          bankCode: '88',
          accountNumber: '***',
          customerName: '***',
          dueDate: '2026-11-28T23:59:59+09:00',
        },
        card: { issuerCode: '71', number: '***', amount: 9_900 },
        cancels: [
          {
            cancelAmount: 100,
            canceledAt: '2026-11-21T10:00:00+09:00',
            transactionKey: 'key-of-cancel',
            cancelStatus: 'DONE',
          },
        ],
        failure: { code: 'REJECT_CARD_COMPANY' },
      },
    });
    const [row] = await world.database.query<object>(
      'SELECT data, note, type, transmission_id FROM incoming_webhook WHERE id = $1',
      [event.id],
    );
    expect(JSON.stringify(row)).not.toMatch(
      /홍길동|0123456789|01012345678|0101234|010-1234|900101|12345678|ps_told_nobody/,
    );
    await eventually('it to be processed', async () => (await events('&processed=false')).length === 0);
  });
});
