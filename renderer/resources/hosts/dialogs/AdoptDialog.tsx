import { Select } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { Adopted, Unclaimed } from '../../../../app/contract/unclaimed.ts';
import { queryClient } from '../../../api/query-client.ts';
import { keys } from '../../../api/query-keys.ts';
import { adoptUnclaimed } from '../../../api/v1.api.ts';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';
import { notifyDone } from '../../../design/notify.tsx';
import { Field, FieldList } from '../../../design/PageHeader.tsx';
import { t as text } from '../../../i18n/i18n.ts';
import { useCurrentUser } from '../../../session/use-current-user.ts';
import { useProjects } from '../../projects/hooks/use-projects.ts';
import { factsOf } from '../unclaimed-text.ts';

/** Projects offered at once; typing finds the others. */
const OFFERED = 50;

/** Asks whose it becomes. */
export function AdoptDialog({ thing, ...props }: DialogProps & { thing: Unclaimed }) {
  const { t } = useTranslation(['hosts', 'design']);
  const { projectId } = useCurrentUser();
  const projects = (useProjects().data ?? []).filter(({ enabled }) => enabled);
  const form = useForm<{ projectId: string | null }>({
    initialValues: { projectId },
    validate: { projectId: (id) => (id === null ? t('unclaimed.adoptDialog.projectMissing') : null) },
  });
  const isMachine = thing.kind === 'machine';
  return (
    <FormDialog
      {...props}
      title={t('unclaimed.adoptDialog.title', { name: thing.name })}
      form={form}
      submitLabel={t('unclaimed.adopt')}
      onSubmit={async (values) => {
        const adopted = await adoptUnclaimed(thing.id, values.projectId ?? '');
        notifyDone(whatCame(adopted));
        await queryClient.invalidateQueries({ queryKey: keys.unclaimed.all });
      }}
    >
      <div>{t(isMachine ? 'unclaimed.adoptDialog.machine' : 'unclaimed.adoptDialog.image')}</div>
      <FieldList>
        <Field label={t('unclaimed.place')}>{thing.host?.name ?? t('unclaimed.controller')}</Field>
        <Field label={t('unclaimed.what')}>{factsOf(thing)}</Field>
        {thing.machine && thing.machine.addresses.length > 0 && (
          <Field label={t('unclaimed.addresses')}>{thing.machine.addresses.join(', ')}</Field>
        )}
      </FieldList>
      <Select
        label={t('unclaimed.adoptDialog.project')}
        description={t('unclaimed.adoptDialog.projectHint')}
        data={projects.map(({ id, name }) => ({ value: id, label: name }))}
        searchable
        limit={OFFERED}
        data-autofocus
        {...form.getInputProps('projectId')}
      />
    </FormDialog>
  );
}

function whatCame({ resource, addresses }: Adopted): string {
  const lines = [text(`hosts:unclaimed.adopted.${resource.type}`, { name: resource.name })];
  for (const { before, now } of addresses) lines.push(text('hosts:unclaimed.adopted.address', { before, now }));
  return lines.join(' ');
}
