import { TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { deleteProject, type ProjectView } from '../../../api/project.api.ts';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';
import classes from '../../../design/dialogs/dialogs.module.css';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';
import { useProjects, useServerCount } from '../hooks/use-projects.ts';
import { subtreeLeavesFirst } from '../project-tree.ts';

const NAMED = 6;

/** Says what is in a project, and below it, before it is gone. */
export function DeleteProjectDialog({ project, ...props }: DialogProps & { project: ProjectView }) {
  const { t } = useTranslation(['projects', 'people', 'design']);
  const all = useProjects().data ?? [project];
  const doomed = subtreeLeavesFirst(all, project.id);
  const below = doomed.slice(0, -1);
  const servers = useServerCount(doomed.map(({ id }) => id)).data ?? 0;
  const form = useForm<{ typed: string }>({
    initialValues: { typed: '' },
    validate: { typed: (typed) => (typed === project.name ? null : t('delete.typeExactly', { name: project.name })) },
  });
  return (
    <FormDialog
      {...props}
      title={t('delete.title', { name: project.name })}
      form={form}
      submitLabel={t('people:action.delete')}
      isDangerous
      onSubmit={async () => {
        for (const { id } of doomed) await deleteProject(id);
      }}
    >
      <div>{t('delete.text')}</div>
      <ul className={classes.consequences}>
        {below.length > 0 && (
          <li>
            {t('delete.below', { count: below.length })}{' '}
            <span className="muted">
              {below
                .slice(0, NAMED)
                .map(({ name }) => name)
                .join(', ')}
              {below.length > NAMED ? ' …' : ''}
            </span>
          </li>
        )}
        {servers > 0 && <li>{t('delete.servers', { count: servers })}</li>}
        <li>{t('delete.roles')}</li>
        <li>{t('delete.tokens')}</li>
      </ul>
      <div className="muted">{t('delete.wayBack')}</div>
      <TextInput
        label={t('design:typeToConfirm', { text: project.name })}
        data-autofocus
        autoComplete="off"
        {...form.getInputProps('typed')}
      />
    </FormDialog>
  );
}
