import { Button, PasswordInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import classes from './sign-in.module.css';

/** Instead of a password that has expired, or that somebody else chose, a new one. */
export function NewPasswordStep(props: {
  user: string;
  before: string;
  isBusy: boolean;
  onSubmit: (password: string) => void;
  onBack: () => void;
}) {
  const { t } = useTranslation('session');
  const form = useForm({
    initialValues: { password: '', again: '' },
    validate: {
      password: (value) => {
        if (value === '') return t('newPassword.missing');
        return value === props.before ? t('newPassword.same') : null;
      },
      again: (value, { password }) => (value === password ? null : t('newPassword.differ')),
    },
  });
  return (
    <form className={classes.fields} onSubmit={form.onSubmit(({ password }) => props.onSubmit(password))} noValidate>
      <p className={classes.text}>{t('newPassword.text', { user: props.user })}</p>
      <PasswordInput
        label={t('newPassword.label')}
        autoComplete="new-password"
        autoFocus
        {...form.getInputProps('password')}
      />
      <PasswordInput label={t('newPassword.again')} autoComplete="new-password" {...form.getInputProps('again')} />
      <Button type="submit" loading={props.isBusy} fullWidth mt={8}>
        {t('newPassword.submit')}
      </Button>
      <button type="button" className={classes.textButton} onClick={props.onBack}>
        {t('back')}
      </button>
    </form>
  );
}
