import { getConfigToken, registerAs } from '@nestjs/config';
import type { Settings } from './config.ts';

/**
 * The settings of one part of the program. Injected as
 * `@Inject(refundsConfig.KEY) config: ConfigType<typeof refundsConfig>`.
 */
function namespace<Name extends keyof Settings>(token: string, ...names: Name[]) {
  const pick = (settings: Pick<Settings, Name>) =>
    Object.fromEntries(names.map((name) => [name, settings[name]])) as Pick<Settings, Name>;
  return Object.assign(pick, {
    KEY: getConfigToken(token),
    /** Tests run several programs in one process, so the values are bound per program. */
    of: (settings: Pick<Settings, Name>) => registerAs(token, () => pick(settings)),
  });
}

export const programConfig = namespace('program', 'role', 'sandbox', 'timeZone');
export const httpConfig = namespace('http', 'sandbox', 'publicUrl', 'webOrigins', 'metricsToken');
export const databaseConfig = namespace('database', 'databaseUrl', 'statementTimeoutMs');
export const authConfig = namespace(
  'auth',
  ...(['sandbox', 'auth', 'authIssuer', 'authAudience', 'sandboxTokenSecret'] as const),
);
export const encryptionConfig = namespace('encryption', 'encryptionKey', 'previousEncryptionKeys');
export const tossConfig = namespace(
  'toss',
  ...(['tossApiUrl', 'simulatorUrl', 'tossSecretKey', 'tossClientKey', 'tossBillingKeys'] as const),
  ...(['tossTimeoutMs', 'billingTimeoutMs', 'tossMaxConcurrent', 'tossMaxPerSecond'] as const),
);
export const checkoutConfig = namespace(
  'checkout',
  ...(['checkoutSuccessUrl', 'checkoutFailUrl', 'tempOrderTtlMinutes'] as const),
);
export const refundsConfig = namespace('refunds', 'refundWindowDays');
export const renewalsConfig = namespace('renewals', 'renewalHour', 'trialDaysMax');
export const outboxConfig = namespace('outbox', 'outboundWebhook', 'sandbox');

export const NAMESPACES = [
  ...[programConfig, httpConfig, databaseConfig, authConfig, encryptionConfig, tossConfig, checkoutConfig],
  ...[refundsConfig, renewalsConfig, outboxConfig],
];
