import { IconPlayerTrackNext } from '@tabler/icons-react';
import type { ServerView } from '../../../../app/contract/openstack.ts';
import { runServerAction } from '../../../api/compute.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { t } from '../../../i18n/i18n.ts';
import { confirmSeveral } from '../machine-confirmation.ts';
import { mayUsePower } from '../machine-rights.ts';

/** Goes on where it was paused. */
export const unpauseMachine: Action<ServerView> = {
  id: 'machine.unpause',
  label: () => t('machines:action.unpause'),
  icon: IconPlayerTrackNext,
  group: 'sleep',
  bulk: 'menu',
  can: (server, user) => mayUsePower(server, user, { vm: ['paused'] }),
  confirm: (servers) =>
    confirmSeveral(servers, {
      title: t('machines:confirm.unpause.title', { count: servers.length }),
      text: t('machines:confirm.unpause.text'),
      confirmLabel: t('machines:action.unpause'),
    }),
  run: (server) => runServerAction(server.id, { unpause: null }),
};
