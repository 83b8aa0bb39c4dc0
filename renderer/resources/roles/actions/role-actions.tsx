import { IconPencil, IconTrash } from '@tabler/icons-react';
import { deleteRole, type RoleView, updateRole } from '../../../api/role.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import { no } from '../../../design/verdict.ts';
import { t } from '../../../i18n/i18n.ts';
import { mayDo } from '../../../session/rights.ts';
import { NamedThingDialog } from '../../people/dialogs/NamedThingDialog.tsx';

/** The policy of every service names these: without them nobody has rights any more. */
const BUILT_IN: readonly string[] = ['admin', 'manager', 'member', 'reader', 'service'];
const isBuiltIn = (role: RoleView): boolean => role.domain_id === null && BUILT_IN.includes(role.name);

export const editRole: Action<RoleView> = {
  id: 'role.edit',
  label: () => t('people:action.edit'),
  icon: IconPencil,
  group: 'change',
  can: (role, me) => (isBuiltIn(role) ? no(t('roles:reason.builtIn')) : mayDo('identity:update_role', me)),
  run: (role) =>
    openDialog((props) => (
      <NamedThingDialog
        {...props}
        title={t('roles:editTitle', { name: role.name })}
        submitLabel={t('people:save')}
        thing={role}
        onSubmit={({ name, description }) => updateRole(role.id, { name, description })}
      />
    )),
};

export const deleteRoles: Action<RoleView> = {
  id: 'role.delete',
  label: () => t('people:action.delete'),
  icon: IconTrash,
  group: 'delete',
  isDangerous: true,
  can: (role, me) => (isBuiltIn(role) ? no(t('roles:reason.builtIn')) : mayDo('identity:delete_role', me)),
  confirm: (roles) => ({
    title: t('roles:confirm.title', { name: roles[0]?.name ?? '' }),
    text: t('roles:confirm.text'),
    wayBack: t('roles:confirm.wayBack'),
    confirmLabel: t('people:action.delete'),
    isDangerous: true,
    typeToConfirm: roles[0]?.name ?? '',
  }),
  run: (role) => deleteRole(role.id),
};

/** In the order of menus. */
export const ROLE_ACTIONS: readonly Action<RoleView>[] = [editRole, deleteRoles];
