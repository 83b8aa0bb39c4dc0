import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CloudError } from '../api/cloud-error.ts';
import { signInWithCode, signInWithPassword } from '../api/identity.api.ts';
import { beginSession, type Session, useSessionStore } from '../api/session.ts';
import { ErrorAlert } from '../design/ErrorAlert.tsx';
import { isOwnPath } from '../shell/desktop-commands.ts';
import mark from '../shell/mark.svg';
import classes from './sign-in.module.css';

/** By password, or by itself with the code of a single-use link; then back to where one was. */
export function SignInPage() {
  const { t } = useTranslation('session');
  const { code, next } = useSearch({ from: '/sign-in' });
  const navigate = useNavigate();
  const ended = useSessionStore((state) => state.ended);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(code !== undefined);
  const form = useForm({
    initialValues: { user: 'admin', password: '', project: '' },
    validate: {
      user: (value) => (value.trim() === '' ? t('userMissing') : null),
      password: (value) => (value === '' ? t('passwordMissing') : null),
    },
  });

  const signIn = async (attempt: () => Promise<Session>): Promise<void> => {
    setError(null);
    setBusy(true);
    try {
      beginSession(await attempt());
      await navigate({ href: next && isOwnPath(next) ? next : '/', replace: true });
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };

  // A code works once: development renders twice, and twice would burn it.
  const redeemed = useRef<string | null>(null);
  useEffect(() => {
    if (code === undefined || redeemed.current === code) return;
    redeemed.current = code;
    void signIn(() => signInWithCode(code));
  });

  // What the API says to a wrong password is about requests, not about people.
  const isRefused = error instanceof CloudError && error.status === 401;
  const shown = isRefused ? new CloudError(t(code ? 'linkUsed' : 'refused'), { ...error, hint: undefined }) : error;
  return (
    <main className={classes.page}>
      <form
        className={classes.form}
        onSubmit={form.onSubmit((values) => void signIn(() => signInWithPassword(values)))}
        noValidate
      >
        <div className={classes.brand}>
          <img src={mark} width="32" height="32" alt="" />
          <h1>{t('title')}</h1>
        </div>
        <p className={classes.note} role="status">
          {ended === 'expired' ? t('expired') : isBusy && code ? t('usingLink') : ' '}
        </p>
        <TextInput label={t('user')} autoComplete="username" {...form.getInputProps('user')} />
        <PasswordInput
          label={t('password')}
          autoComplete="current-password"
          data-autofocus
          autoFocus
          {...form.getInputProps('password')}
        />
        <TextInput
          label={t('project')}
          placeholder={t('projectPlaceholder')}
          autoComplete="off"
          {...form.getInputProps('project')}
        />
        <Button type="submit" loading={isBusy} fullWidth mt={8}>
          {t('signIn')}
        </Button>
        {error !== null && <ErrorAlert error={shown} {...(isRefused ? {} : { title: t('failed') })} />}
        <p className={classes.help}>{t('help')}</p>
      </form>
    </main>
  );
}
