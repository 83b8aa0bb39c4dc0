import { ActionIcon, Autocomplete, Button, Tooltip } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FlavorView } from '../../../app/contract/openstack.ts';
import { listFlavorAccess, setFlavorAccess } from '../../api/flavor.api.ts';
import { queryClient } from '../../api/query-client.ts';
import { ErrorAlert } from '../../design/ErrorAlert.tsx';
import { notifyError } from '../../design/notify.tsx';
import { PanelHeading } from '../../design/PanelHeading.tsx';
import { useProjectNames } from '../../kernel/use-project-names.ts';
import classes from './flavors.module.css';

/** The projects that may use a flavor that is not public; for administrators. */
export function FlavorAccess({ flavor }: { flavor: FlavorView }) {
  const { t } = useTranslation('flavors');
  const queryKey = ['flavors', 'access', flavor.id];
  const access = useQuery({ queryKey, queryFn: ({ signal }) => listFlavorAccess(flavor.id, signal) });
  const projects = useProjectNames();
  const [project, setProject] = useState('');
  const refresh = () => queryClient.invalidateQueries({ queryKey });
  const add = useMutation({
    mutationFn: (id: string) => setFlavorAccess(flavor.id, id, true),
    onSuccess: () => {
      setProject('');
      return refresh();
    },
  });
  const remove = useMutation({
    mutationFn: (id: string) => setFlavorAccess(flavor.id, id, false),
    onSuccess: refresh,
    onError: (error) => notifyError(error, t('access.removeFailed')),
  });
  const idOf = (text: string): string => [...projects].find(([, name]) => name === text)?.[0] ?? text;
  return (
    <>
      <PanelHeading>{t('access.title')}</PanelHeading>
      {access.error && <ErrorAlert error={access.error} onRetry={() => void access.refetch()} />}
      {access.data?.length === 0 && <p className="muted">{t('access.none')}</p>}
      <ul className={classes.projects}>
        {access.data?.map((id) => (
          <li key={id}>
            <span className="truncate" title={id}>
              {projects.get(id) ?? id}
            </span>
            <Tooltip label={t('access.remove')}>
              <ActionIcon
                aria-label={`${t('access.remove')} ${projects.get(id) ?? id}`}
                loading={remove.isPending && remove.variables === id}
                onClick={() => remove.mutate(id)}
              >
                <IconX size={16} />
              </ActionIcon>
            </Tooltip>
          </li>
        ))}
      </ul>
      <form
        className={classes.addProject}
        onSubmit={(event) => {
          event.preventDefault();
          if (project.trim() !== '') add.mutate(idOf(project.trim()));
        }}
      >
        <Autocomplete
          aria-label={t('access.project')}
          placeholder={t('access.project')}
          data={[...projects].filter(([id]) => !access.data?.includes(id)).map(([, name]) => name)}
          value={project}
          onChange={setProject}
        />
        <Button type="submit" variant="default" loading={add.isPending} disabled={project.trim() === ''}>
          {t('access.add')}
        </Button>
      </form>
      {add.error && <ErrorAlert error={add.error} />}
    </>
  );
}
