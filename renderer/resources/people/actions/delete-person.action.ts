import { IconTrash } from '@tabler/icons-react';
import { deleteUser, type UserView } from '../../../api/user.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { no } from '../../../design/verdict.ts';
import { t } from '../../../i18n/i18n.ts';
import { mayChange } from '../from-ldap.ts';

export const deletePeople: Action<UserView> = {
  id: 'user.delete',
  label: () => t('people:action.delete'),
  icon: IconTrash,
  group: 'delete',
  bulk: 'button',
  isDangerous: true,
  can: (user, me) => (user.id === me.id ? no(t('people:reason.self')) : mayChange('identity:delete_user', user, me)),
  confirm: (users) => ({
    title: t('people:confirm.delete.title', { count: users.length, name: users[0]?.name ?? '' }),
    text: t('people:confirm.delete.text', { count: users.length }),
    consequences: [
      t('people:confirm.delete.tokens'),
      t('people:confirm.delete.credentials'),
      t('people:confirm.delete.roles'),
    ],
    wayBack: t('people:confirm.delete.wayBack'),
    confirmLabel: t('people:action.delete'),
    isDangerous: true,
  }),
  run: (user) => deleteUser(user.id),
};
