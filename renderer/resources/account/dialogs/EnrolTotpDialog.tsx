import { TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { Secret, TOTP } from 'otpauth';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { renderSVG } from 'uqr';
import { createTotp } from '../../../api/account.api.ts';
import { queryClient } from '../../../api/query-client.ts';
import { keys } from '../../../api/query-keys.ts';
import { CopyText } from '../../../design/CopyText.tsx';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';
import classes from '../account.module.css';

/** A secret made here, shown for the app to take, and kept only once a code proves that the app has it. */
export function EnrolTotpDialog({ user, ...props }: DialogProps & { user: { id: string; name: string } }) {
  const { t } = useTranslation('account');
  const totp = useMemo(
    () => new TOTP({ issuer: 'Cumulet', label: user.name, secret: new Secret({ size: 20 }) }),
    [user.name],
  );
  const picture = useMemo(() => `data:image/svg+xml,${encodeURIComponent(renderSVG(totp.toString()))}`, [totp]);
  const form = useForm({
    initialValues: { code: '' },
    validate: {
      code: (code) => (totp.validate({ token: code.replace(/\s/g, ''), window: 1 }) === null ? t('totp.wrong') : null),
    },
  });
  return (
    <FormDialog
      {...props}
      title={t('totp.enrol')}
      form={form}
      submitLabel={t('totp.confirm')}
      onSubmit={async () => {
        await createTotp(user.id, totp.secret.base32);
        await queryClient.invalidateQueries({ queryKey: keys.account.totp });
      }}
    >
      <div className="muted">{t('totp.scan')}</div>
      <img className={classes.qr} src={picture} alt={t('totp.qr')} />
      <CopyText value={totp.secret.base32} />
      <TextInput
        label={t('totp.code')}
        inputMode="numeric"
        autoComplete="one-time-code"
        data-autofocus
        {...form.getInputProps('code')}
      />
    </FormDialog>
  );
}
