import { IconUserCheck } from '@tabler/icons-react';
import { type UserView, updateUser } from '../../../api/user.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { no } from '../../../design/verdict.ts';
import { t } from '../../../i18n/i18n.ts';
import { mayChange } from '../from-ldap.ts';

export const enablePeople: Action<UserView> = {
  id: 'user.enable',
  label: () => t('people:action.enable'),
  icon: IconUserCheck,
  group: 'state',
  bulk: 'button',
  can: (user, me) => (user.enabled ? no(t('people:reason.enabled')) : mayChange('identity:update_user', user, me)),
  run: (user) => updateUser(user.id, { enabled: true }),
};
