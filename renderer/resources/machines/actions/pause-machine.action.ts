import { IconPlayerPause } from '@tabler/icons-react';
import type { ServerView } from '../../../../app/contract/openstack.ts';
import { runServerAction } from '../../../api/compute.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { t } from '../../../i18n/i18n.ts';
import { confirmSeveral } from '../machine-confirmation.ts';
import { mayUsePower } from '../machine-rights.ts';

/** Stops the processors; memory stays where it is. */
export const pauseMachine: Action<ServerView> = {
  id: 'machine.pause',
  label: () => t('machines:action.pause'),
  icon: IconPlayerPause,
  group: 'sleep',
  bulk: 'menu',
  can: (server, user) => mayUsePower(server, user, { vm: ['active'] }),
  confirm: (servers) =>
    confirmSeveral(servers, {
      title: t('machines:confirm.pause.title', { count: servers.length }),
      text: t('machines:confirm.pause.text'),
      confirmLabel: t('machines:action.pause'),
    }),
  run: (server) => runServerAction(server.id, { pause: null }),
};
