import { Select } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useUsers } from '../../kernel/use-users.ts';
import { QuotaUsage } from './QuotaUsage.tsx';
import classes from './quotas.module.css';

const OFFERED = 60;

/** What one person may use of a project, for who may say so. */
export function PersonQuota({ projectId }: { projectId: string }) {
  const { t } = useTranslation(['quotas', 'design']);
  const users = useUsers().data;
  const [userId, setUserId] = useState<string | null>(null);
  const choices = useMemo(() => (users ?? []).map(({ id, name }) => ({ value: id, label: name })), [users]);
  const name = users?.find(({ id }) => id === userId)?.name;
  return (
    <section className={classes.person}>
      <h3>{t('person.title')}</h3>
      <p className="muted">{t('person.text')}</p>
      <Select
        aria-label={t('person.title')}
        placeholder={t('person.choose')}
        className={classes.personSelect ?? ''}
        data={choices}
        value={userId}
        onChange={setUserId}
        searchable
        clearable
        limit={OFFERED}
        nothingFoundMessage={t('design:nothingNamed')}
      />
      {userId !== null && <QuotaUsage key={userId} owner={{ projectId, userId }} name={name ?? userId} mayChange />}
    </section>
  );
}
