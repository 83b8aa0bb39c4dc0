import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import {
  type ApplicationCredential,
  deleteApplicationCredential,
  listApplicationCredentials,
} from '../../api/account.api.ts';
import { queryClient } from '../../api/query-client.ts';
import { keys } from '../../api/query-keys.ts';
import type { Session } from '../../api/session.ts';
import { askToConfirm } from '../../design/dialogs/confirm.store.ts';
import { openDialog } from '../../design/dialogs/dialog.store.ts';
import { formatDateTime } from '../../design/duration.ts';
import { ErrorAlert } from '../../design/ErrorAlert.tsx';
import { notifyError } from '../../design/notify.tsx';
import { Section } from '../../design/PageHeader.tsx';
import classes from './account.module.css';
import { CreateApplicationCredentialDialog } from './dialogs/CreateApplicationCredentialDialog.tsx';

/** Secrets for programs that work in this project instead of the person. */
export function ApplicationCredentialsTab({ session }: { session: Session }) {
  const { t } = useTranslation('account');
  const { id } = session.user;
  const list = useQuery({
    queryKey: keys.account.applicationCredentials,
    queryFn: () => listApplicationCredentials(id),
  });
  const remove = async (credential: ApplicationCredential): Promise<void> => {
    const isSure = await askToConfirm({
      title: t('application.deleteTitle', { name: credential.name }),
      text: t('application.deleteText'),
      confirmLabel: t('delete'),
      isDangerous: true,
    });
    if (!isSure) return;
    await deleteApplicationCredential(id, credential.id).catch((error: unknown) => notifyError(error));
    await queryClient.invalidateQueries({ queryKey: keys.account.applicationCredentials });
  };
  return (
    <Section
      title={t('tab.applicationCredentials')}
      actions={
        session.project && (
          <Button
            variant="default"
            onClick={() => openDialog((props) => <CreateApplicationCredentialDialog {...props} session={session} />)}
          >
            {t('application.create')}
          </Button>
        )
      }
    >
      <p className={classes.text}>{session.project ? t('application.text') : t('needsProject')}</p>
      {list.error && <ErrorAlert error={list.error} onRetry={() => void list.refetch()} />}
      <ul className={classes.list}>
        {list.data?.map((credential) => (
          <li key={credential.id}>
            <div>
              <div>{credential.name}</div>
              <small className="muted">
                {[
                  credential.description,
                  credential.roles.map(({ name }) => name).join(', '),
                  credential.expires_at
                    ? t('application.until', { time: formatDateTime(credential.expires_at) })
                    : t('application.forever'),
                  credential.unrestricted && t('application.unrestricted'),
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </small>
            </div>
            <Button variant="subtle" color="red" onClick={() => void remove(credential)}>
              {t('delete')}
            </Button>
          </li>
        ))}
      </ul>
    </Section>
  );
}
