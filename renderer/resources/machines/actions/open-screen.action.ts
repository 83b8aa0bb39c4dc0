import { IconDeviceDesktop } from '@tabler/icons-react';
import type { ServerView } from '../../../../app/contract/openstack.ts';
import type { Action } from '../../../design/actions/action.ts';
import { t } from '../../../i18n/i18n.ts';
import { openConsole } from '../../../kernel/console.store.ts';
import { mayOpenConsole } from '../machine-rights.ts';

/** Its screen, below the page: stays while one goes elsewhere. */
export const openScreen: Action<ServerView> = {
  id: 'machine.open-screen',
  label: () => t('machines:action.openScreen'),
  icon: IconDeviceDesktop,
  group: 'console',
  bulk: 'menu',
  can: mayOpenConsole,
  run: (server) => openConsole({ serverId: server.id, type: 'vnc', title: server.name }),
};
