import { Select, Switch } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { type Grant, giveRole } from '../../../api/assignment.api.ts';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';
import { useRoles } from '../../roles/hooks/use-roles.ts';
import type { AccessSubject } from '../access-subject.ts';
import { useActorChoice, useTargetChoice } from '../hooks/use-choices.ts';

interface GiveRoleForm extends Record<string, unknown> {
  /** `user <id>` or `group <id>`. */
  actor: string | null;
  /** `project <id>`, `domain <id>` or `system`. */
  target: string | null;
  role: string | null;
  isInherited: boolean;
}
/** More would make the list slow to open; typing narrows it. */
const OFFERED = 60;

/** A role for a person or group on a project, a domain or the whole system; what is known already is not asked. */
export function GiveRoleDialog({ subject, ...props }: DialogProps & { subject?: AccessSubject }) {
  const { t } = useTranslation('access');
  const known = subject && `${subject.type} ${subject.id}`;
  const isActor = subject?.type === 'user' || subject?.type === 'group';
  const isTarget = subject?.type === 'project' || subject?.type === 'domain';
  const actors = useActorChoice();
  const targets = useTargetChoice();
  const roles = useRoles().data ?? [];
  const missing = (value: unknown): string | null => (value ? null : t('problem.choose'));
  const form = useForm<GiveRoleForm>({
    initialValues: {
      actor: isActor && known ? known : null,
      target: isTarget && known ? known : null,
      role: subject?.type === 'role' ? subject.id : null,
      isInherited: false,
    },
    validate: { actor: missing, target: missing, role: missing },
  });
  const canInherit = form.values.target !== null && form.values.target !== 'system';
  const title = subject ? t(`give.title.${subject.type}`, { name: subject.name }) : t('give.title.any');
  return (
    <FormDialog
      {...props}
      title={title}
      form={form}
      submitLabel={t('give.submit')}
      onSubmit={({ actor, target, role, isInherited }) =>
        giveRole({
          actor: parseActor(actor ?? ''),
          target: parseTarget(target ?? ''),
          roleId: role ?? '',
          isInherited: canInherit && isInherited,
        })
      }
    >
      {!isActor && (
        <Select
          label={t('give.who')}
          placeholder={t('give.whoPlaceholder')}
          data={actors}
          searchable
          limit={OFFERED}
          data-autofocus
          nothingFoundMessage={t('give.nothing')}
          {...form.getInputProps('actor')}
        />
      )}
      {subject?.type !== 'role' && (
        <Select
          label={t('role')}
          placeholder={t('give.rolePlaceholder')}
          data={roles.map(({ id, name }) => ({ value: id, label: name }))}
          searchable
          data-autofocus={isActor || undefined}
          nothingFoundMessage={t('give.nothing')}
          {...form.getInputProps('role')}
        />
      )}
      {!isTarget && (
        <Select
          label={t('give.where')}
          placeholder={t('give.wherePlaceholder')}
          data={targets}
          searchable
          limit={OFFERED}
          nothingFoundMessage={t('give.nothing')}
          {...form.getInputProps('target')}
        />
      )}
      {canInherit && (
        <Switch
          label={t('give.inherited')}
          description={t(form.values.isInherited ? 'give.inheritedOn' : 'give.inheritedOff')}
          {...form.getInputProps('isInherited', { type: 'checkbox' })}
        />
      )}
    </FormDialog>
  );
}

function parseActor(text: string): Grant['actor'] {
  const [type, id = ''] = text.split(' ');
  return { type: type === 'group' ? 'group' : 'user', id };
}

function parseTarget(text: string): Grant['target'] {
  const [type, id = ''] = text.split(' ');
  return type === 'project' || type === 'domain' ? { type, id } : { type: 'system' };
}
