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

interface Choice {
  value: string;
  text: string;
}

/** The platform's own list: on a phone it is the one everybody knows. */
export function Choose({
  label,
  value,
  choices,
  onChange,
}: {
  label: string;
  value: string;
  choices: Choice[];
  onChange: (value: string) => void;
}) {
  return (
    <label className="field">
      <span className="label">{label}</span>
      <select className="input" value={value} onChange={(event) => onChange(event.target.value)}>
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.text}
          </option>
        ))}
      </select>
    </label>
  );
}
