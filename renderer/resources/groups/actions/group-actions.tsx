import { IconPencil, IconTrash } from '@tabler/icons-react';
import { deleteGroup, type GroupView, updateGroup } from '../../../api/group.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import { t } from '../../../i18n/i18n.ts';
import { NamedThingDialog } from '../../people/dialogs/NamedThingDialog.tsx';
import { mayChange } from '../../people/from-ldap.ts';

const NAMED = 8;

export const editGroup: Action<GroupView> = {
  id: 'group.edit',
  label: () => t('people:action.edit'),
  icon: IconPencil,
  group: 'change',
  can: (group, me) => mayChange('identity:update_group', group, me),
  run: (group) =>
    openDialog((props) => (
      <NamedThingDialog
        {...props}
        title={t('groups:editTitle', { name: group.name })}
        submitLabel={t('people:save')}
        thing={group}
        onSubmit={({ name, description }) => updateGroup(group.id, { name, description })}
      />
    )),
};

export const deleteGroups: Action<GroupView> = {
  id: 'group.delete',
  label: () => t('people:action.delete'),
  icon: IconTrash,
  group: 'delete',
  bulk: 'button',
  isDangerous: true,
  can: (group, me) => mayChange('identity:delete_group', group, me),
  confirm: (groups) => ({
    title: t('groups:confirm.title', { count: groups.length, name: groups[0]?.name ?? '' }),
    text: t('groups:confirm.text'),
    consequences: groups.length > 1 ? groups.slice(0, NAMED).map(({ name }) => name) : [],
    wayBack: t('groups:confirm.wayBack'),
    confirmLabel: t('people:action.delete'),
    isDangerous: true,
  }),
  run: (group) => deleteGroup(group.id),
};

/** In the order of menus. */
export const GROUP_ACTIONS: readonly Action<GroupView>[] = [editGroup, deleteGroups];
