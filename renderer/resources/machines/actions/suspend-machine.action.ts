import { IconMoon } from '@tabler/icons-react';
import type { ServerView } from '../../../../app/contract/openstack.ts';
import { runServerAction } from '../../../api/compute.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { t } from '../../../i18n/i18n.ts';
import { confirmSeveral } from '../machine-confirmation.ts';
import { mayUsePower } from '../machine-rights.ts';

/** Writes its memory to disk and frees the host's. */
export const suspendMachine: Action<ServerView> = {
  id: 'machine.suspend',
  label: () => t('machines:action.suspend'),
  icon: IconMoon,
  group: 'sleep',
  bulk: 'menu',
  can: (server, user) => mayUsePower(server, user, { vm: ['active'] }),
  confirm: (servers) =>
    confirmSeveral(servers, {
      title: t('machines:confirm.suspend.title', { count: servers.length }),
      text: t('machines:confirm.suspend.text'),
      confirmLabel: t('machines:action.suspend'),
    }),
  run: (server) => runServerAction(server.id, { suspend: null }),
};
