import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { AuthModule } from './auth/index.ts';
import { PaymentMethodsModule } from './payment-methods/index.ts';
import { CommonModule } from './platform/platform.module.ts';
import { NAMESPACES } from './config-namespaces.ts';
import type { Settings } from './config.ts';
import { DbModule } from './platform/database/index.ts';
import { EventsModule } from './events/index.ts';
import { JobsModule } from './platform/jobs/index.ts';
import { OperationsModule } from './operations/index.ts';
import { OutboxModule } from './outbox/index.ts';
import { PaymentsModule } from './payments/index.ts';
import { PlansModule } from './catalog/index.ts';
import { ProblemsModule } from './problems/index.ts';
import { ReconciliationModule } from './reconciliation/index.ts';
import { RefundsModule } from './refunds/index.ts';
import { SandboxModule } from './sandbox/index.ts';
import { SubscriptionsModule } from './subscriptions/index.ts';
import { TempOrdersModule } from './temp-orders/index.ts';
import { ConfirmPaymentModule } from './workflows/confirm-payment/index.ts';
import { DescribeFailureModule } from './workflows/describe-failure/index.ts';
import { PaymentHistoryModule } from './workflows/payment-history/index.ts';
import { PlaceOrderModule } from './workflows/place-order/index.ts';
import { RenewalOperationsModule, RenewModule } from './workflows/renew/index.ts';
import { ResolvePaymentModule } from './workflows/resolve-payment/index.ts';
import { StopPaymentModule } from './workflows/stop-payment/index.ts';
import { SubscribeModule } from './workflows/subscribe/index.ts';
import { CancelSubscriptionModule } from './workflows/cancel-subscription/index.ts';
import { ChangePlanModule } from './workflows/change-plan/index.ts';
import { ReplaceCardModule } from './workflows/replace-card/index.ts';
import { RefundPaymentModule } from './workflows/refund-payment/index.ts';
import { WebModule } from './web/index.ts';
import { WebhooksModule } from './webhooks/index.ts';

@Module({})
export class AppModule {
  static of(settings: Settings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        // The settings were read and checked before the start.
        ConfigModule.forRoot({
          isGlobal: true,
          ignoreEnvFile: true,
          ignoreEnvVars: true,
          load: NAMESPACES.map((namespace) => namespace.of(settings)),
        }),
        CommonModule,
        DbModule,
        JobsModule,
        AuthModule,
        OutboxModule,
        PlansModule,
        TempOrdersModule,
        SubscriptionsModule,
        EventsModule,
        PaymentMethodsModule,
        PaymentsModule,
        RefundsModule,
        ConfirmPaymentModule,
        PaymentHistoryModule,
        PlaceOrderModule,
        StopPaymentModule,
        ResolvePaymentModule,
        DescribeFailureModule,
        SubscribeModule,
        RenewModule,
        ChangePlanModule,
        CancelSubscriptionModule,
        ReplaceCardModule,
        RenewalOperationsModule,
        RefundPaymentModule,
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
