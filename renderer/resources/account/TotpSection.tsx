import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { deleteTotp, listTotp } from '../../api/account.api.ts';
import { queryClient } from '../../api/query-client.ts';
import { keys } from '../../api/query-keys.ts';
import type { Session } from '../../api/session.ts';
import { askToConfirm } from '../../design/dialogs/confirm.store.ts';
import { openDialog } from '../../design/dialogs/dialog.store.ts';
import { ErrorAlert } from '../../design/ErrorAlert.tsx';
import { notifyError } from '../../design/notify.tsx';
import { Section } from '../../design/PageHeader.tsx';
import classes from './account.module.css';
import { EnrolTotpDialog } from './dialogs/EnrolTotpDialog.tsx';

/** The codes of an authenticator app as a second step of signing in. */
export function TotpSection({ session }: { session: Session }) {
  const { t } = useTranslation('account');
  const totp = useQuery({ queryKey: keys.account.totp, queryFn: () => listTotp(session.user.id) });
  const remove = async (id: string): Promise<void> => {
    const isSure = await askToConfirm({
      title: t('totp.removeTitle'),
      text: t('totp.removeText'),
      confirmLabel: t('totp.remove'),
      isDangerous: true,
    });
    if (!isSure) return;
    await deleteTotp(id).catch((error: unknown) => notifyError(error));
    await queryClient.invalidateQueries({ queryKey: keys.account.totp });
  };
  return (
    <Section
      title={t('totp.title')}
      actions={
        <Button
          variant="default"
          onClick={() => openDialog((props) => <EnrolTotpDialog {...props} user={session.user} />)}
        >
          {t('totp.enrol')}
        </Button>
      }
    >
      <p className={classes.text}>{t('totp.text')}</p>
      {totp.error && <ErrorAlert error={totp.error} onRetry={() => void totp.refetch()} />}
      <ul className={classes.list}>
        {totp.data?.map(({ id }) => (
          <li key={id}>
            <span>{t('totp.enrolled')}</span>
            <Button variant="subtle" color="red" onClick={() => void remove(id)}>
              {t('totp.remove')}
            </Button>
          </li>
        ))}
      </ul>
    </Section>
  );
}
