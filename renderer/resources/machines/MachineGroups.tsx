import { TagsInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ServerView } from '../../../app/contract/openstack.ts';
import { keys } from '../../api/query-keys.ts';
import { listMachineGroups, setServerTags } from '../../api/startup.api.ts';
import { ErrorAlert } from '../../design/ErrorAlert.tsx';
import { mayDo } from '../../session/rights.ts';
import { useCurrentUser } from '../../session/use-current-user.ts';
import classes from './machines.module.css';

/** Nova's limits of a tag. */
const [LONGEST, MOST] = [60, 50];

/** Of which groups the machine is: its tags, which people name. */
export function MachineGroups({ server }: { server: ServerView }) {
  const { t } = useTranslation('startup');
  const queries = useQueryClient();
  const right = mayDo('os_compute_api:os-server-tags:update_all', useCurrentUser());
  const groups = useQuery({ queryKey: keys.machineGroups.all, queryFn: ({ signal }) => listMachineGroups(signal) });
  const [failure, setFailure] = useState<unknown>(null);
  const tags = server.tags ?? [];
  const change = async (next: string[]) => {
    setFailure(null);
    try {
      await setServerTags(server.id, next);
    } catch (error) {
      setFailure(error);
    }
    await queries.invalidateQueries({ queryKey: keys.servers.all });
  };
  return (
    <section className={classes.card}>
      <div className={classes.cardHead}>
        <h2>{t('groups')}</h2>
        <Link to="/$resource" params={{ resource: 'machine-groups' }}>
          {t('toGroups')}
        </Link>
      </div>
      <div className={classes.cardBody}>
        <TagsInput
          aria-label={t('groups')}
          description={t('groupsHelp')}
          placeholder={tags.length === 0 ? t('groupsNone') : ''}
          value={tags}
          data={(groups.data ?? []).map(({ name }) => name)}
          onChange={(next) => void change(next)}
          disabled={!right.allowed}
          splitChars={[',']}
          maxTags={MOST}
          maxLength={LONGEST}
        />
        {failure !== null && <ErrorAlert error={failure} />}
      </div>
    </section>
  );
}
