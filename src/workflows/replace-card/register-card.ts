import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { tossConfig } from '../../config-namespaces.ts';
import { PaymentMethodsService, type Registration } from '../../payment-methods/index.ts';
import { type PaymentMethod, PrismaService } from '../../platform/database/index.ts';
import { Problem } from '../../platform/problem.ts';
import { CardMoves } from './card-moves.ts';

/** Puts a card on file, and has the buyer's subscription renew from it. */
@Injectable()
export class RegisterCard {
  private readonly log = new Logger('billing-keys');

  constructor(
    private readonly prisma: PrismaService,
    private readonly methods: PaymentMethodsService,
    private readonly moves: CardMoves,
    @Inject(tossConfig.KEY) private readonly config: ConfigType<typeof tossConfig>,
  ) {}

  /**
   * Puts a card on file; the answer tells whether it is, or whether that is not known. The buyer's subscription renews
   * from it, if it renews itself; one that is past due is charged at once. The same authKey again is the same card.
   *
   * @param userId null: the buyer's browser came back from the provider without a token
   * @throws Problem VALIDATION_FAILED for another user's customer key, BILLING_KEY_DECLINED, TOO_MANY_REQUESTS,
   * PROVIDER_MISCONFIGURED
   */
  async register(registration: Registration, userId: string | null): Promise<PaymentMethod> {
    if (this.config.tossBillingKeys === null) throw new Problem('PROVIDER_MISCONFIGURED');
    const begun = await this.methods.begin(registration, userId);
    if (begun.status === 'ISSUING' || begun.status === 'UNKNOWN') {
      const issued = await this.methods.issue(begun, registration.authKey);
      if (issued.kind === 'saved') await this.record(begun, issued);
      else await this.methods.fail(begun.id, issued);
    }
    return this.methods.registered(begun.id);
  }

  private async record(
    { id, userId }: PaymentMethod,
    issued: Parameters<PaymentMethodsService['activate']>[2],
  ): Promise<void> {
    await this.prisma.atomically(async (tx) => {
      await this.moves.lock(tx, userId);
      if (await this.methods.activate(tx, id, issued)) await this.moves.moveTo(tx, userId, id);
    });
    this.log.log({ message: 'card put on file', cardId: id });
  }
}
