import { NumberInput } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './gib-input.module.css';

export interface GibInputProps {
  label: string;
  /** Below the field. */
  hint?: ReactNode;
  /** '' while the field is empty. */
  value?: number | '';
  onChange?: (gib: number | '') => void;
  error?: ReactNode;
  isRequired?: boolean;
}

/** Disk space, in GiB as the APIs take it. */
export function GibInput({ label, hint, value, onChange, error, isRequired }: GibInputProps) {
  return (
    <NumberInput
      label={label}
      description={hint}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      error={error}
      required={isRequired ?? false}
      min={0}
      max={0x7fffffff}
      allowDecimal={false}
      allowNegative={false}
      thousandSeparator=" "
      rightSection={<span className={classes.unit}>GiB</span>}
      rightSectionWidth={40}
      value={value ?? ''}
      onChange={(shown) => onChange?.(typeof shown === 'number' ? shown : '')}
    />
  );
}
