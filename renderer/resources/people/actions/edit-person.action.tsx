import { IconPencil } from '@tabler/icons-react';
import type { UserView } from '../../../api/user.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import { t } from '../../../i18n/i18n.ts';
import { mayDo } from '../../../session/rights.ts';
import { EditPersonDialog } from '../dialogs/EditPersonDialog.tsx';

export const editPerson: Action<UserView> = {
  id: 'user.edit',
  label: () => t('people:action.edit'),
  icon: IconPencil,
  group: 'change',
  can: (_user, me) => mayDo('identity:update_user', me),
  run: (user) => openDialog((props) => <EditPersonDialog {...props} user={user} />),
};
