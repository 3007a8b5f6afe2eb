import type { ReactNode } from 'react';
import { Button as AriaButton, type ButtonProps } from 'react-aria-components/Button';
import { common } from '../words/common.ts';
import { useWords } from '../words/dictionary.ts';

type Props = Omit<ButtonProps, 'isPending' | 'children'> & {
  children: ReactNode;
  kind?: 'primary' | 'danger' | 'quiet';
  small?: boolean;
  wide?: boolean;
  isPending?: boolean;
};

/**
 * A pending button keeps its place and its focus and ignores presses. React Aria's own `isPending` announces a state
 * that is over before a screen reader reads it.
 */
export function Button({ kind, small, wide, isPending = false, onPress, type, children, ...props }: Props) {
  const words = useWords(common);
  return (
    <AriaButton
      className="button"
      data-kind={kind}
      data-small={small || undefined}
      data-wide={wide || undefined}
      data-pending={isPending || undefined}
      type={isPending ? 'button' : type}
      onPress={isPending ? undefined : onPress}
      {...props}
    >
      {children}
      {isPending && (
        <>
          <span className="spinner" aria-hidden="true" />
          <span className="visually-hidden">{words.working}</span>
        </>
      )}
    </AriaButton>
  );
}
