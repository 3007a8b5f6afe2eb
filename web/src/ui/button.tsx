import { Button as AriaButton, type ButtonProps } from 'react-aria-components/Button';

type Props = ButtonProps & { kind?: 'primary' | 'danger' | 'quiet'; small?: boolean; wide?: boolean };

/** While it is pending it stays where it is and focusable, and does nothing. */
export function Button({ kind, small, wide, ...props }: Props) {
  return <AriaButton className="button" data-kind={kind} data-small={small || undefined} data-wide={wide || undefined} {...props} />;
}
