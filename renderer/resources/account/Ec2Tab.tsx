import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { createEc2Credential, deleteEc2Credential, listEc2Credentials } from '../../api/account.api.ts';
import { queryClient } from '../../api/query-client.ts';
import { keys } from '../../api/query-keys.ts';
import type { Session } from '../../api/session.ts';
import { CopyText } from '../../design/CopyText.tsx';
import { askToConfirm } from '../../design/dialogs/confirm.store.ts';
import { ErrorAlert } from '../../design/ErrorAlert.tsx';
import { notifyError } from '../../design/notify.tsx';
import { Section } from '../../design/PageHeader.tsx';
import classes from './account.module.css';

/** Pairs of access key and secret for programs that sign requests as Amazon's do. */
export function Ec2Tab({ session }: { session: Session }) {
  const { t } = useTranslation('account');
  const { id } = session.user;
  const pairs = useQuery({ queryKey: keys.account.ec2, queryFn: () => listEc2Credentials(id) });
  const change = async (work: Promise<unknown>): Promise<void> => {
    await work.catch((error: unknown) => notifyError(error));
    await queryClient.invalidateQueries({ queryKey: keys.account.ec2 });
  };
  const remove = async (access: string): Promise<void> => {
    const isSure = await askToConfirm({
      title: t('ec2.deleteTitle'),
      text: t('ec2.deleteText'),
      confirmLabel: t('delete'),
      isDangerous: true,
    });
    if (isSure) await change(deleteEc2Credential(id, access));
  };
  const { project } = session;
  return (
    <Section
      title={t('tab.ec2')}
      actions={
        project && (
          <Button variant="default" onClick={() => void change(createEc2Credential(id, project.id))}>
            {t('ec2.create')}
          </Button>
        )
      }
    >
      <p className={classes.text}>{project ? t('ec2.text', { project: project.name }) : t('needsProject')}</p>
      {pairs.error && <ErrorAlert error={pairs.error} onRetry={() => void pairs.refetch()} />}
      <ul className={classes.list}>
        {pairs.data?.map(({ access, secret }) => (
          <li key={access}>
            <div>
              <CopyText value={`export AWS_ACCESS_KEY_ID=${access}`} />
              <CopyText value={`export AWS_SECRET_ACCESS_KEY=${secret}`} />
            </div>
            <Button variant="subtle" color="red" onClick={() => void remove(access)}>
              {t('delete')}
            </Button>
          </li>
        ))}
      </ul>
    </Section>
  );
}
