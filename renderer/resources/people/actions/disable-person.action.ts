import { IconUserOff } from '@tabler/icons-react';
import { type UserView, updateUser } from '../../../api/user.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { no } from '../../../design/verdict.ts';
import { t } from '../../../i18n/i18n.ts';
import { mayChange } from '../from-ldap.ts';

export const disablePeople: Action<UserView> = {
  id: 'user.disable',
  label: () => t('people:action.disable'),
  icon: IconUserOff,
  group: 'state',
  bulk: 'button',
  can: (user, me) => {
    if (!user.enabled) return no(t('people:reason.disabled'));
    return user.id === me.id ? no(t('people:reason.self')) : mayChange('identity:update_user', user, me);
  },
  confirm: (users) => ({
    title: t('people:confirm.disable.title', { count: users.length, name: users[0]?.name ?? '' }),
    text: t('people:confirm.disable.text', { count: users.length }),
    wayBack: t('people:confirm.disable.wayBack'),
    confirmLabel: t('people:action.disable'),
  }),
  run: (user) => updateUser(user.id, { enabled: false }),
};
