import { Button } from '../../../ui/button.tsx';
import { useWords } from '../../../words/dictionary.ts';
import { useFormat } from '../../../words/format.ts';
import { refundWords } from './refund-words.ts';

interface Props {
  amount: number;
  isPending: boolean;
  onConfirm: () => void;
  onCancel: () => void;
}

/** The second press, which names the amount. */
export function RefundConfirmation({ amount, isPending, onConfirm, onCancel }: Props) {
  const words = useWords(refundWords);
  const { won } = useFormat();
  return (
    <div className="notice" data-tone="warn">
      <p>
        <strong>{words.confirm(won(amount))}</strong>
      </p>
      <p>{words.confirmHint}</p>
      <div className="row">
        <Button kind="danger" onPress={onConfirm} isPending={isPending}>
          {words.yes(won(amount))}
        </Button>
        {/* The form that had the focus is gone. The harmless button takes the focus. */}
        {/* oxlint-disable-next-line jsx-a11y/no-autofocus */}
        <Button autoFocus onPress={onCancel} isDisabled={isPending}>
          {words.no}
        </Button>
      </div>
    </div>
  );
}
