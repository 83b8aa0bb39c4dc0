import { IconRefresh } from '@tabler/icons-react';
import type { ServerView } from '../../../../app/contract/openstack.ts';
import { runServerAction } from '../../../api/compute.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { t } from '../../../i18n/i18n.ts';
import { confirmEach, counted } from '../machine-confirmation.ts';
import { mayUsePower } from '../machine-rights.ts';

/** Asks the system inside to restart; the power is cycled when it does not obey in time. */
export const rebootMachine: Action<ServerView> = {
  id: 'machine.reboot',
  label: () => t('machines:action.reboot'),
  icon: IconRefresh,
  group: 'power',
  bulk: 'menu',
  can: (server, user) => mayUsePower(server, user, { vm: ['active'] }),
  confirm: (servers) =>
    confirmEach(servers, {
      title: t('machines:confirm.reboot.title', counted(servers)),
      text: t('machines:confirm.reboot.text', counted(servers)),
      confirmLabel: t('machines:action.reboot'),
    }),
  run: (server) => runServerAction(server.id, { reboot: { type: 'SOFT' } }),
};
