import { IconPlayerPlay } from '@tabler/icons-react';
import type { ServerView } from '../../../../app/contract/openstack.ts';
import { runServerAction } from '../../../api/compute.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { t } from '../../../i18n/i18n.ts';
import { confirmSeveral } from '../machine-confirmation.ts';
import { mayUsePower } from '../machine-rights.ts';

/** Powers it on. */
export const startMachine: Action<ServerView> = {
  id: 'machine.start',
  label: () => t('machines:action.start'),
  icon: IconPlayerPlay,
  group: 'power',
  bulk: 'button',
  can: (server, user) => mayUsePower(server, user, { vm: ['stopped'] }),
  confirm: (servers) =>
    confirmSeveral(servers, {
      title: t('machines:confirm.start.title', { count: servers.length }),
      text: t('machines:confirm.start.text'),
      confirmLabel: t('machines:action.start'),
    }),
  run: (server) => runServerAction(server.id, { 'os-start': null }),
};
