import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { NestFactory } from '@nestjs/core';
import { startSimulator } from '../../simulator/server.ts';
import { tossConfig } from '../../src/config-namespaces.ts';
import { PAYMENT_PROVIDER, type PaymentProvider, ProvidersModule } from '../../src/providers/index.ts';
import { Simulator } from '../support/simulator.ts';
import type { Failure, Operation, ProviderDriver } from './provider-driver.ts';

const MAIN = { client: 'test_gck_contract_0000000000000', secret: 'test_gsk_contract_0000000000000' };
const BILLING = { client: 'test_ck_contract_00000000000000', secret: 'test_sk_contract_00000000000000' };
const TIMEOUT_MS = 400;

const POINTS: Record<Operation, string> = {
  confirm: 'confirm',
  charge: 'billing',
  refund: 'cancel',
  retrieve: 'get',
  save: 'issue',
  list: 'transactions',
};

const FAULTS: Record<Failure, { kind: string; code?: string; delayMs?: number }> = {
  no_connection: { kind: 'drop_before' },
  server_error: { kind: 'error_before' },
  lost_answer: { kind: 'drop_after' },
  late_answer: { kind: 'slow_after', delayMs: 3 * TIMEOUT_MS },
  garbled_answer: { kind: 'garbage' },
  declined_by_bank: { kind: 'decline', code: 'REJECT_CARD_PAYMENT' },
  undocumented_refusal: { kind: 'refuse', code: 'SOMETHING_NEW' },
  not_shown: { kind: 'not_found_lag' },
  bank_unable: { kind: 'error_before', code: 'FAILED_REFUND_PROCESS' },
};

/** Toss's adapter over the simulator. */
export async function startToss(): Promise<ProviderDriver> {
  const running = await startSimulator({ data: ':memory:', port: 0, keys: [MAIN, BILLING] });
  const simulator = new Simulator(running.url);
  const good = await connect(running.url, MAIN.secret, BILLING.secret);
  const wrong = await connect(running.url, 'test_gsk_wrong', 'test_sk_wrong');
  let offsetMs = 0;
  return {
    provider: good.provider,
    withWrongCredentials: wrong.provider,
    refundAccount: { bank: '11', accountNumber: '1234567890123', holderName: '김토스' },
    open: async (order) => {
      const { paymentKey } = await simulator.post<{ paymentKey: string }>('/_payments', {
        ...order,
        authenticated: false,
      });
      return paymentKey;
    },
    authenticate: (order, by = 'card') =>
      simulator.authenticate(order, { method: by === 'deposit' ? '가상계좌' : '카드' }),
    authorizeMethod: (customerRef) => simulator.registerCard(customerRef),
    payDeposit: async (orderId) => void (await simulator.deposit(orderId)),
    fail: async (operation, failure) => void (await simulator.fault({ on: POINTS[operation], ...FAULTS[failure] })),
    now: async () => new Date(Date.now() + offsetMs),
    advance: async (ms) => {
      offsetMs += ms;
      await simulator.post('/_clock', { offsetMs });
    },
    close: async () => {
      await good.close();
      await wrong.close();
      await running.close();
    },
  };
}

async function connect(url: string, secretKey: string, billingSecretKey: string) {
  const config = tossConfig.of({
    tossApiUrl: url,
    simulatorUrl: null,
    tossClientKey: MAIN.client,
    tossSecretKey: secretKey,
    tossBillingKeys: { secretKey: billingSecretKey, clientKey: BILLING.client },
    tossTimeoutMs: TIMEOUT_MS,
    billingTimeoutMs: TIMEOUT_MS,
    tossMaxConcurrent: 20,
    tossMaxPerSecond: 10_000,
  });

  @Module({
    imports: [
      ConfigModule.forRoot({ isGlobal: true, ignoreEnvFile: true, ignoreEnvVars: true, load: [config] }),
      ProvidersModule,
    ],
  })
  class ContractModule {}

  const app = await NestFactory.createApplicationContext(ContractModule, { logger: ['error'] });
  return { provider: app.get<PaymentProvider>(PAYMENT_PROVIDER), close: () => app.close() };
}
