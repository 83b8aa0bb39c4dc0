import { SimpleGrid, Switch } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import classes from './people.module.css';
import type { UserForm } from './user-form.ts';

/** How the person may sign in, beyond the password itself. */
export function UserOptionsFields<F extends UserForm>({ form }: { form: UseFormReturnType<F> }) {
  const { t } = useTranslation('people');
  const names = ['needsSecondFactor', 'locksPassword', 'ignoresExpiry', 'ignoresFirstUse'] as const;
  return (
    <fieldset className={classes.options}>
      <legend>{t('option.title')}</legend>
      <SimpleGrid cols={2} spacing={12} verticalSpacing={8}>
        {names.map((name) => (
          <Switch
            key={name}
            label={t(`option.${name}`)}
            description={t(`option.${name}Hint`)}
            {...form.getInputProps(name, { type: 'checkbox' })}
          />
        ))}
      </SimpleGrid>
    </fieldset>
  );
}
