import { IconPlugOff } from '@tabler/icons-react';
import type { ServerView } from '../../../../app/contract/openstack.ts';
import { powerOffServer } from '../../../api/compute.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { t } from '../../../i18n/i18n.ts';
import { counted, nameLines } from '../machine-confirmation.ts';
import { mayUsePower } from '../machine-rights.ts';

/** Pulls the plug, also while it is still being asked to shut down. */
export const forceOffMachine: Action<ServerView> = {
  id: 'machine.force-off',
  label: () => t('machines:action.forceOff'),
  icon: IconPlugOff,
  group: 'power',
  bulk: 'menu',
  isDangerous: true,
  can: (server, user) => mayUsePower(server, user, { vm: ['active', 'error', 'paused'], tasks: ['powering-off'] }),
  confirm: (servers) => ({
    title: t('machines:confirm.forceOff.title', counted(servers)),
    text: t('machines:confirm.forceOff.text'),
    consequences: servers.length > 1 ? nameLines(servers) : [],
    wayBack: t('machines:confirm.forceOff.wayBack'),
    confirmLabel: t('machines:action.forceOff'),
    isDangerous: true,
  }),
  run: (server) => powerOffServer(server.id, { graceful: false }),
};
