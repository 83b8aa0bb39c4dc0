import { Select, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { createProject, type ProjectView, updateProject } from '../../../api/project.api.ts';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';
import { DomainSelect } from '../../domains/DomainSelect.tsx';
import { nameProblem } from '../../people/user-form.ts';
import { useProjects } from '../hooks/use-projects.ts';
import { projectPath } from '../project-tree.ts';

interface ProjectForm extends Record<string, unknown> {
  name: string;
  domainId: string;
  parentId: string | null;
  description: string;
  tags: string[];
}

/** Keystone's limit for names of projects and domains. */
const LONGEST_NAME = 64;
const OFFERED = 60;

export interface ProjectDialogProps extends DialogProps {
  /** The one to edit; nothing makes a new one. */
  project?: ProjectView;
  domainId: string;
  parentId?: string;
}

/** Where a project stands is settled when it is made; the rest may change. */
export function ProjectDialog({ project, domainId, parentId, ...props }: ProjectDialogProps) {
  const { t } = useTranslation(['projects', 'people']);
  const projects = useProjects().data ?? [];
  const form = useForm<ProjectForm>({
    initialValues: {
      name: project?.name ?? '',
      domainId,
      parentId: parentId ?? null,
      description: project?.description ?? '',
      tags: project?.tags ?? [],
    },
    validate: {
      name: (name) => nameProblem(name, LONGEST_NAME),
      tags: (tags) => (tags.some((tag) => /[/,]/.test(tag)) ? t('problem.tags') : null),
    },
  });
  const parents = projects
    .filter((each) => each.domain_id === form.values.domainId)
    .map(({ id }) => ({ value: id, label: projectPath(projects, id) }));
  return (
    <FormDialog
      {...props}
      title={project ? t('editTitle', { name: project.name }) : t('createTitle')}
      form={form}
      submitLabel={project ? t('people:save') : t('people:create.submit')}
      fieldNames={{ parent_id: 'parentId', domain_id: 'domainId' }}
      onSubmit={(values) => {
        const { tags } = values;
        const change = { name: values.name.trim(), description: values.description.trim(), tags };
        if (project) return updateProject(project.id, change);
        return createProject({ ...change, domain_id: values.domainId, parent_id: values.parentId ?? values.domainId });
      }}
    >
      <TextInput label={t('people:name')} data-autofocus autoComplete="off" {...form.getInputProps('name')} />
      {!project && (
        <>
          <DomainSelect
            {...form.getInputProps('domainId')}
            onChange={(id) => form.setValues({ domainId: id ?? domainId, parentId: null })}
          />
          <Select
            label={t('parent')}
            placeholder={t('noParent')}
            data={parents}
            searchable
            clearable
            limit={OFFERED}
            {...form.getInputProps('parentId')}
          />
        </>
      )}
      <Textarea label={t('people:description')} rows={2} autosize {...form.getInputProps('description')} />
      <TagsInput label={t('tags')} {...form.getInputProps('tags')} />
    </FormDialog>
  );
}
