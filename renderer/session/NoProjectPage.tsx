import { Button } from '@mantine/core';
import { IconUserQuestion } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.ts';
import { CopyText } from '../design/CopyText.tsx';
import { EmptyState } from '../design/EmptyState.tsx';
import { notifyDone, notifyError } from '../design/notify.tsx';
import { signOut, switchScope } from './switch-scope.ts';
import { useOwnScopes } from './use-own-scopes.ts';

/** For people whose account works and leads nowhere yet. */
export function NoProjectPage() {
  const { t } = useTranslation('session');
  const session = useSession();
  const scopes = useOwnScopes(true);
  const [isBusy, setBusy] = useState(false);
  const look = async (): Promise<void> => {
    setBusy(true);
    try {
      const [first] = (await scopes.refetch()).data ?? [];
      if (first) await switchScope(first.scope);
      else notifyDone(t('noProject.still'));
    } catch (error) {
      notifyError(error);
    } finally {
      setBusy(false);
    }
  };
  if (!session) return null;
  return (
    <EmptyState
      icon={<IconUserQuestion size={32} stroke={1.5} />}
      title={t('noProject.title')}
      text={
        <>
          {t('noProject.text', { user: session.user.name })}
          <br />
          <br />
          {t('noProject.id')}: <CopyText value={session.user.id} />
        </>
      }
      action={
        <>
          <Button loading={isBusy} onClick={() => void look()}>
            {t('noProject.again')}
          </Button>{' '}
          <Button variant="default" onClick={() => void signOut()}>
            {t('noProject.signOut')}
          </Button>
        </>
      }
    />
  );
}
