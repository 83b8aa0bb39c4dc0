import { TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { type DomainView, deleteDomain, updateDomain } from '../../../api/domain.api.ts';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';
import classes from '../../../design/dialogs/dialogs.module.css';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';
import { useUsers } from '../../../kernel/use-users.ts';
import { useGroups } from '../../groups/hooks/use-groups.ts';
import { useProjects } from '../../projects/hooks/use-projects.ts';

/** A domain goes with everybody and everything in it: the count comes first, then its name has to be typed. */
export function DeleteDomainDialog({ domain, ...props }: DialogProps & { domain: DomainView }) {
  const { t } = useTranslation(['domains', 'people', 'design']);
  const isIn = ({ domain_id }: { domain_id: string }): boolean => domain_id === domain.id;
  const people = useUsers().data?.filter(isIn).length ?? 0;
  const groups = useGroups().data?.filter(isIn).length ?? 0;
  const projects = useProjects().data?.filter(isIn).length ?? 0;
  const form = useForm<{ typed: string }>({
    initialValues: { typed: '' },
    validate: { typed: (typed) => (typed === domain.name ? null : t('delete.typeExactly', { name: domain.name })) },
  });
  return (
    <FormDialog
      {...props}
      title={t('delete.title', { name: domain.name })}
      form={form}
      submitLabel={t('people:action.delete')}
      isDangerous
      onSubmit={async () => {
        // Keystone deletes no domain that is in use.
        if (domain.enabled) await updateDomain(domain.id, { enabled: false });
        await deleteDomain(domain.id);
      }}
    >
      <div>{t('delete.text')}</div>
      <ul className={classes.consequences}>
        <li>{t('delete.people', { count: people })}</li>
        <li>{t('delete.groups', { count: groups })}</li>
        <li>{t('delete.projects', { count: projects })}</li>
      </ul>
      <div className="muted">{t('delete.wayBack')}</div>
      <TextInput
        label={t('design:typeToConfirm', { text: domain.name })}
        data-autofocus
        autoComplete="off"
        {...form.getInputProps('typed')}
      />
    </FormDialog>
  );
}
