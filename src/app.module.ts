import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { AuthModule } from './auth/index.ts';
import { BillingKeysModule } from './payment-methods/index.ts';
import { CommonModule } from './platform/platform.module.ts';
import { NAMESPACES } from './config-namespaces.ts';
import { SETTINGS, type Settings } from './config.ts';
import { DbModule } from './platform/database/index.ts';
import { EventsModule } from './events/index.ts';
import { JobsModule } from './platform/jobs/index.ts';
import { NewsModule } from './news/index.ts';
import { OperationsModule } from './operations/index.ts';
import { OutboxModule } from './outbox/index.ts';
import { PaymentsModule } from './payments/index.ts';
import { PlansModule } from './catalog/index.ts';
import { ProblemsModule } from './problems/index.ts';
import { ReconciliationModule } from './reconciliation/index.ts';
import { RefundsModule } from './refunds/index.ts';
import { RenewalsModule } from './renewals/index.ts';
import { SandboxModule } from './sandbox/index.ts';
import { SubscriptionsModule } from './subscriptions/index.ts';
import { TempOrdersModule } from './temp-orders/index.ts';
import { WebModule } from './web/index.ts';
import { WebhooksModule } from './webhooks/index.ts';

/** The settings, which were read before the start: by namespace, and as a whole under {@link SETTINGS}. */
@Module({})
class SettingsModule {
  static of(settings: Settings): DynamicModule {
    return {
      module: SettingsModule,
      global: true,
      imports: [
        ConfigModule.forRoot({
          isGlobal: true,
          ignoreEnvFile: true,
          ignoreEnvVars: true,
          load: NAMESPACES.map((namespace) => namespace.of(settings)),
        }),
      ],
      providers: [{ provide: SETTINGS, useValue: settings }],
      exports: [SETTINGS],
    };
  }
}

@Module({})
export class AppModule {
  static of(settings: Settings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        SettingsModule.of(settings),
        CommonModule,
        DbModule,
        JobsModule,
        AuthModule,
        OutboxModule,
        PlansModule,
        TempOrdersModule,
        SubscriptionsModule,
        EventsModule,
        BillingKeysModule,
        PaymentsModule,
        RefundsModule,
        RenewalsModule,
        NewsModule,
        WebhooksModule,
        ReconciliationModule,
        OperationsModule,
        ProblemsModule,
        WebModule,
        ...(settings.sandbox ? [SandboxModule] : []),
      ],
    };
  }
}
