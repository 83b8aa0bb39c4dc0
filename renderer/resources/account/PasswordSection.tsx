import { Button, PasswordInput, Skeleton } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { changePassword, signInWithPassword } from '../../api/identity.api.ts';
import { beginSession, endSession, readSession, type Session } from '../../api/session.ts';
import { ErrorAlert } from '../../design/ErrorAlert.tsx';
import { notifyDone } from '../../design/notify.tsx';
import { Section } from '../../design/PageHeader.tsx';
import { useUser } from '../../kernel/use-users.ts';
import { isFromLdap } from '../people/from-ldap.ts';
import classes from './account.module.css';

/** One's password, where it is here and one's own to change. */
export function PasswordSection({ session }: { session: Session }) {
  const { t } = useTranslation('account');
  const { data: user, isPending } = useUser(session.user.id);
  const places = (user?.federated ?? []).map(({ idp_id }) => idp_id).join(', ');
  const whyNot = (): string | null => {
    if (places) return t('password.elsewhere', { places });
    if (isFromLdap(session.user)) return t('password.ldap');
    return user?.options?.lock_password ? t('password.locked') : null;
  };
  const why = whyNot();
  return (
    <Section title={t('password.title')}>
      {isPending ? (
        <Skeleton height={220} width={360} />
      ) : why ? (
        <p className={classes.text}>{why}</p>
      ) : (
        <PasswordForm session={session} />
      )}
    </Section>
  );
}

/** What the rules for passwords ask for is told by the refusal. */
function PasswordForm({ session }: { session: Session }) {
  const { t } = useTranslation('account');
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const form = useForm({
    initialValues: { before: '', after: '', again: '' },
    validate: {
      before: (value) => (value === '' ? t('password.missing') : null),
      after: (value) => (value === '' ? t('password.missing') : null),
      again: (value, { after }) => (value === after ? null : t('password.differ')),
    },
  });
  const submit = async ({ before, after }: { before: string; after: string }): Promise<void> => {
    setError(null);
    setBusy(true);
    try {
      await changePassword(session.user.id, before, after);
      // All tokens ended with the old password; who just proved to know the new one goes on.
      const { name, domain } = session.user;
      const next = await signInWithPassword({ user: name, domain: domain.name, password: after }).catch(() => null);
      if (!next) return endSession('expired');
      if (readSession()) beginSession(next);
      form.reset();
      notifyDone(t('password.done'));
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className={classes.form} onSubmit={form.onSubmit((values) => void submit(values))} noValidate>
      <PasswordInput label={t('password.before')} autoComplete="current-password" {...form.getInputProps('before')} />
      <PasswordInput label={t('password.after')} autoComplete="new-password" {...form.getInputProps('after')} />
      <PasswordInput label={t('password.again')} autoComplete="new-password" {...form.getInputProps('again')} />
      {error !== null && <ErrorAlert error={error} title={t('password.failed')} />}
      <Button type="submit" loading={isBusy} className={classes.submit ?? ''}>
        {t('password.submit')}
      </Button>
    </form>
  );
}
