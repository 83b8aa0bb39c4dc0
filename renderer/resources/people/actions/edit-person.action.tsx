import { IconPencil } from '@tabler/icons-react';
import type { UserView } from '../../../api/user.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import { t } from '../../../i18n/i18n.ts';
import { EditPersonDialog } from '../dialogs/EditPersonDialog.tsx';
import { mayChange } from '../from-ldap.ts';

export const editPerson: Action<UserView> = {
  id: 'user.edit',
  label: () => t('people:action.edit'),
  icon: IconPencil,
  group: 'change',
  can: (user, me) => mayChange('identity:update_user', user, me),
  run: (user) => openDialog((props) => <EditPersonDialog {...props} user={user} />),
};
