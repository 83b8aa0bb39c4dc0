import { Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import classes from './sign-in.module.css';

/** The second step of a sign-in: the code of an authenticator app. */
export function PasscodeStep(props: {
  user: string;
  isBusy: boolean;
  isBlocked: boolean;
  onSubmit: (code: string) => void;
  onBack: () => void;
}) {
  const { t } = useTranslation('session');
  const form = useForm({
    initialValues: { code: '' },
    validate: { code: (value) => (/^\d{6}$/.test(value.replace(/\s/g, '')) ? null : t('passcode.missing')) },
  });
  return (
    <form
      className={classes.fields}
      onSubmit={form.onSubmit(({ code }) => {
        props.onSubmit(code.replace(/\s/g, ''));
        form.reset();
      })}
      noValidate
    >
      <p className={classes.text}>{t('passcode.text', { user: props.user })}</p>
      <TextInput
        label={t('passcode.label')}
        autoComplete="one-time-code"
        inputMode="numeric"
        maxLength={7}
        autoFocus
        classNames={{ input: 'mono' }}
        {...form.getInputProps('code')}
      />
      <Button type="submit" loading={props.isBusy} disabled={props.isBlocked} fullWidth mt={8}>
        {t('passcode.submit')}
      </Button>
      <button type="button" className={classes.textButton} onClick={props.onBack}>
        {t('back')}
      </button>
    </form>
  );
}
