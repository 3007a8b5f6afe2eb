import type { ReactNode } from 'react';
import { TextField, type TextFieldProps } from 'react-aria-components/TextField';
import { Input } from 'react-aria-components/Input';
import { Label } from 'react-aria-components/Label';
import { Text } from 'react-aria-components/Text';

interface Props extends Omit<TextFieldProps, 'children'> {
  label: ReactNode;
  hint?: ReactNode;
  inputMode?: 'numeric' | 'text';
  placeholder?: string;
}

export function Field({ label, hint, inputMode, placeholder, ...props }: Props) {
  return (
    <TextField className="field" {...props}>
      <Label>{label}</Label>
      <Input className="input" inputMode={inputMode} placeholder={placeholder} />
      {hint && (
        <Text slot="description" className="small soft">
          {hint}
        </Text>
      )}
    </TextField>
  );
}

interface Option {
  value: string;
  text: string;
}

/** A native select: on a phone the platform's own list opens. */
export function Select({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: string;
  options: Option[];
  onChange: (value: string) => void;
}) {
  return (
    <label className="field">
      <span className="label">{label}</span>
      <select className="input" value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
    </label>
  );
}
