import { IconPassword } from '@tabler/icons-react';
import type { UserView } from '../../../api/user.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import { t } from '../../../i18n/i18n.ts';
import { ResetPasswordDialog } from '../dialogs/ResetPasswordDialog.tsx';
import { mayChange } from '../from-ldap.ts';

export const resetPassword: Action<UserView> = {
  id: 'user.reset-password',
  label: () => t('people:action.resetPassword'),
  icon: IconPassword,
  group: 'change',
  can: (user, me) => mayChange('identity:update_user', user, me),
  run: (user) => openDialog((props) => <ResetPasswordDialog {...props} user={user} />),
};
