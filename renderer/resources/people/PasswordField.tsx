import { Button, PasswordInput, SegmentedControl } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { newPassword } from '../../design/new-password.ts';
import classes from './people.module.css';

export interface ChosenPassword {
  kind: 'made' | 'typed';
  text: string;
}

export function madePassword(): ChosenPassword {
  return { kind: 'made', text: newPassword() };
}

export interface PasswordFieldProps {
  value: ChosenPassword;
  onChange: (value: ChosenPassword) => void;
  error?: ReactNode;
}

/** A password made up here, shown once it is set, or one that is typed. */
export function PasswordField({ value, onChange, error }: PasswordFieldProps) {
  const { t } = useTranslation('people');
  return (
    <fieldset className={classes.password}>
      <legend>{t('password.label')}</legend>
      <SegmentedControl
        size="xs"
        aria-label={t('password.label')}
        value={value.kind}
        onChange={(kind) => onChange(kind === 'made' ? madePassword() : { kind: 'typed', text: '' })}
        data={[
          { value: 'made', label: t('password.made') },
          { value: 'typed', label: t('password.typed') },
        ]}
      />
      {value.kind === 'made' ? (
        <div className={classes.passwordRow}>
          <span className="muted">{t('password.madeHint')}</span>
          <Button
            variant="subtle"
            leftSection={<IconRefresh size={14} aria-hidden="true" />}
            onClick={() => onChange(madePassword())}
          >
            {t('password.again')}
          </Button>
        </div>
      ) : (
        <PasswordInput
          aria-label={t('password.label')}
          autoComplete="new-password"
          value={value.text}
          error={error}
          onChange={(event) => onChange({ kind: 'typed', text: event.currentTarget.value })}
        />
      )}
    </fieldset>
  );
}
