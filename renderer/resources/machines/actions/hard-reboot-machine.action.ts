import { IconRefreshAlert } from '@tabler/icons-react';
import type { ServerView } from '../../../../app/contract/openstack.ts';
import { runServerAction } from '../../../api/compute.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { t } from '../../../i18n/i18n.ts';
import { counted, nameLines } from '../machine-confirmation.ts';
import { mayUsePower } from '../machine-rights.ts';

/** Cycles the power; also the way out of a soft reboot that hangs. */
export const hardRebootMachine: Action<ServerView> = {
  id: 'machine.hard-reboot',
  label: () => t('machines:action.hardReboot'),
  icon: IconRefreshAlert,
  group: 'power',
  bulk: 'menu',
  isDangerous: true,
  can: (server, user) =>
    mayUsePower(server, user, {
      vm: ['active', 'stopped', 'paused', 'suspended', 'error'],
      tasks: ['rebooting', 'rebooting_hard', 'resuming', 'unpausing', 'pausing', 'suspending'],
    }),
  confirm: (servers) => ({
    title: t('machines:confirm.hardReboot.title', counted(servers)),
    text: t('machines:confirm.hardReboot.text'),
    consequences: servers.length > 1 ? nameLines(servers) : [],
    confirmLabel: t('machines:action.hardReboot'),
    isDangerous: true,
  }),
  run: (server) => runServerAction(server.id, { reboot: { type: 'HARD' } }),
};
