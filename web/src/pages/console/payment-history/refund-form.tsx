import type { FormEvent } from 'react';
import { Button } from '../../../ui/button.tsx';
import { Field } from '../../../ui/field.tsx';
import { Failure } from '../../../ui/states.tsx';
import { common } from '../../../words/common.ts';
import { useWords } from '../../../words/dictionary.ts';
import { refundWords } from './refund-words.ts';
import type { RefundValues } from './use-refund.ts';

interface Props {
  values: RefundValues;
  onChange: (values: RefundValues) => void;
  needsAccount: boolean;
  isOverride: boolean;
  error: Error | null;
  onSubmit: () => void;
  onClose: () => void;
}

export function RefundForm({ values, onChange, needsAccount, isOverride, error, onSubmit, onClose }: Props) {
  const words = useWords(refundWords);
  const { close } = useWords(common);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form className="stack" onSubmit={submit}>
      <Field
        label={words.amount}
        value={values.amount}
        onChange={(amount) => onChange({ ...values, amount })}
        inputMode="numeric"
        pattern="[1-9][0-9]*"
        isRequired
      />
      <Field
        label={words.reason}
        value={values.reason}
        onChange={(reason) => onChange({ ...values, reason })}
        isRequired
        maxLength={200}
        minLength={isOverride ? 11 : 1}
        hint={isOverride && words.overrideReasonHint}
      />
      {needsAccount && (
        <AccountFields account={values.account} onChange={(account) => onChange({ ...values, account })} />
      )}
      {error && <Failure error={error} />}
      <div className="row">
        <Button kind="danger" type="submit">
          {words.next}
        </Button>
        <Button onPress={onClose}>{close}</Button>
      </div>
    </form>
  );
}

type Account = RefundValues['account'];

/** A refunded deposit goes to an account that the buyer names. */
function AccountFields({ account, onChange }: { account: Account; onChange: (account: Account) => void }) {
  const words = useWords(refundWords);
  return (
    <>
      <Field
        label={words.bank}
        value={account.bank}
        onChange={(bank) => onChange({ ...account, bank })}
        isRequired
        maxLength={30}
      />
      <Field
        label={words.accountNumber}
        value={account.accountNumber}
        onChange={(accountNumber) => onChange({ ...account, accountNumber })}
        isRequired
        inputMode="numeric"
        maxLength={30}
      />
      <Field
        label={words.holder}
        value={account.holderName}
        onChange={(holderName) => onChange({ ...account, holderName })}
        isRequired
        maxLength={60}
      />
    </>
  );
}
