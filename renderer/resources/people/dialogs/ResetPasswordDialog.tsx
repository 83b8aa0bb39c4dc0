import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { type UserView, updateUser } from '../../../api/user.api.ts';
import { type DialogProps, openDialog } from '../../../design/dialogs/dialog.store.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';
import { useDomains } from '../../domains/hooks/use-domains.ts';
import { type ChosenPassword, madePassword, PasswordField } from '../PasswordField.tsx';
import { PasswordShownDialog } from './PasswordShownDialog.tsx';

/** Another password for somebody, given by an administrator. */
export function ResetPasswordDialog({ user, ...props }: DialogProps & { user: UserView }) {
  const { t } = useTranslation('people');
  const domains = useDomains().data ?? [];
  const form = useForm<{ password: ChosenPassword }>({
    initialValues: { password: madePassword() },
    validate: { password: ({ text }) => (text === '' ? t('problem.password') : null) },
  });
  return (
    <FormDialog
      {...props}
      title={t('reset.title', { name: user.name })}
      form={form}
      submitLabel={t('reset.submit')}
      onSubmit={async ({ password }) => {
        await updateUser(user.id, { password: password.text });
        if (password.kind === 'typed') return;
        const domain = domains.find(({ id }) => id === user.domain_id)?.name ?? '';
        openDialog((shown) => (
          <PasswordShownDialog {...shown} name={user.name} domain={domain} password={password.text} />
        ));
      }}
    >
      <div>{t('reset.text')}</div>
      <PasswordField {...form.getInputProps('password')} value={form.values.password} />
    </FormDialog>
  );
}
