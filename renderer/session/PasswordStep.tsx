import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { type KeyboardEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PasswordSignIn } from '../api/identity.api.ts';
import { DEFAULT_DOMAIN, rememberedUser } from './remembered-user.ts';
import classes from './sign-in.module.css';

/** User, password and, where it is wanted, the domain whose user it is. */
export function PasswordStep(props: { isBusy: boolean; isBlocked: boolean; onSubmit: (form: PasswordSignIn) => void }) {
  const { t } = useTranslation('session');
  const [remembered] = useState(() => rememberedUser());
  const [asksDomain, setAsksDomain] = useState(remembered.domain !== DEFAULT_DOMAIN);
  const [hasCapsLock, setCapsLock] = useState(false);
  const form = useForm({
    initialValues: { ...remembered, password: '' },
    validate: {
      user: (value) => (value.trim() === '' ? t('userMissing') : null),
      password: (value) => (value === '' ? t('passwordMissing') : null),
      domain: (value) => (value.trim() === '' ? t('domainMissing') : null),
    },
  });
  const lookAtCapsLock = (event: KeyboardEvent): void => setCapsLock(event.getModifierState('CapsLock'));
  return (
    <form
      className={classes.fields}
      onSubmit={form.onSubmit(({ user, domain, password }) =>
        props.onSubmit({ user: user.trim(), domain: domain.trim(), password }),
      )}
      noValidate
    >
      <TextInput label={t('user')} autoComplete="username" {...form.getInputProps('user')} />
      <PasswordInput
        label={t('password')}
        autoComplete="current-password"
        description={hasCapsLock ? <span role="status">{t('capsLock')}</span> : undefined}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        autoFocus
        onKeyDown={lookAtCapsLock}
        onKeyUp={lookAtCapsLock}
        {...form.getInputProps('password')}
      />
      {asksDomain ? (
        <TextInput
          label={t('domain')}
          description={t('domainHint')}
          autoComplete="off"
          {...form.getInputProps('domain')}
        />
      ) : (
        <button type="button" className={classes.textButton} onClick={() => setAsksDomain(true)}>
          {t('otherDomain', { name: DEFAULT_DOMAIN })}
        </button>
      )}
      <Button type="submit" loading={props.isBusy} disabled={props.isBlocked} fullWidth mt={8}>
        {t('signIn')}
      </Button>
    </form>
  );
}
