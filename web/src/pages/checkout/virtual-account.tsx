import { useMutation, useQuery } from '@tanstack/react-query';
import { api, type Payment, resultOf } from '../../api/client.ts';
import { configQuery } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Card, Copy, Facts } from '../../ui/parts.tsx';
import { useWords } from '../../words/dictionary.ts';
import { useFormat } from '../../words/format.ts';
import { outcomeWords } from './outcome-words.ts';

type Account = NonNullable<Payment['virtualAccount']>;

/** The account that the buyer transfers to. */
export function VirtualAccount({ payment, account }: { payment: Payment; account: Account }) {
  const words = useWords(outcomeWords);
  const { won, time } = useFormat();
  const { data: config } = useQuery(configQuery);
  return (
    <Card label={words.WAITING_FOR_DEPOSIT}>
      <Facts
        facts={[
          [words.bank, account.bank ?? account.bankCode],
          [
            words.account,
            <span className="row" key="account">
              <strong>{account.accountNumber}</strong> <Copy text={account.accountNumber} what={words.account} />
            </span>,
          ],
          [
            words.amount,
            <span className="row" key="amount">
              <strong>{won(payment.amount)}</strong> <Copy text={String(payment.amount)} what={words.amount} />
            </span>,
          ],
          [words.holder, account.customerName],
          [words.dueDate, account.dueDate && time(account.dueDate)],
        ]}
      />
      {config?.sandbox && <SandboxDeposit orderId={payment.orderId} />}
    </Card>
  );
}

function SandboxDeposit({ orderId }: { orderId: string }) {
  const words = useWords(outcomeWords);
  const depositing = useMutation({
    mutationFn: () => resultOf(api.POST('/v1/sandbox/deposits', { body: { orderId } })),
  });
  return (
    <div>
      <Button onPress={() => depositing.mutate()} isPending={depositing.isPending} isDisabled={depositing.isSuccess}>
        {words.sandboxDeposit}
      </Button>
    </div>
  );
}
