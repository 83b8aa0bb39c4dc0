import { IconPencil } from '@tabler/icons-react';
import type { ServerView } from '../../../../app/contract/openstack.ts';
import type { Action } from '../../../design/actions/action.ts';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import { t } from '../../../i18n/i18n.ts';
import { RenameMachineDialog } from '../dialogs/RenameMachineDialog.tsx';
import { mayChange } from '../machine-rights.ts';

/** Another name; the host name inside the guest stays. */
export const renameMachine: Action<ServerView> = {
  id: 'machine.rename',
  label: () => t('machines:action.rename'),
  icon: IconPencil,
  group: 'edit',
  bulk: 'none',
  can: mayChange,
  run: (server) => openDialog((props) => <RenameMachineDialog {...props} server={server} />),
};
