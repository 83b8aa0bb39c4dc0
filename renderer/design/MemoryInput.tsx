import { NumberInput, Select } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './memory-input.module.css';

export interface MemoryInputProps {
  label: string;
  /** Below the field. */
  hint?: ReactNode;
  /** MiB; '' while the field is empty. */
  value?: number | '';
  onChange?: (mib: number | '') => void;
  error?: ReactNode;
  min?: number;
  isRequired?: boolean;
}

const UNITS = { MiB: 1, GiB: 1024 } as const;
type Unit = keyof typeof UNITS;

/** Memory in the unit it reads best in; the value is MiB whatever is shown. */
export function MemoryInput(props: MemoryInputProps) {
  const { t } = useTranslation('design');
  const { value = '', onChange } = props;
  const [unit, setUnit] = useState<Unit>(value !== '' && value >= 1024 && value % 1024 === 0 ? 'GiB' : 'MiB');
  return (
    <div className={classes.root}>
      <NumberInput
        className={classes.number}
        label={props.label}
        description={props.hint}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        error={props.error}
        required={props.isRequired ?? false}
        min={(props.min ?? 0) / UNITS[unit]}
        max={0x7fffffff / UNITS[unit]}
        allowNegative={false}
        decimalScale={unit === 'MiB' ? 0 : 3}
        thousandSeparator=" "
        value={value === '' ? '' : value / UNITS[unit]}
        onChange={(shown) => onChange?.(typeof shown === 'number' ? Math.round(shown * UNITS[unit]) : '')}
      />
      <Select
        className={classes.unit}
        aria-label={t('unitOf', { label: props.label })}
        data={Object.keys(UNITS)}
        value={unit}
        onChange={(chosen) => chosen && setUnit(chosen as Unit)}
      />
    </div>
  );
}
