import { IconTerminal2 } from '@tabler/icons-react';
import type { ServerView } from '../../../../app/contract/openstack.ts';
import type { Action } from '../../../design/actions/action.ts';
import { t } from '../../../i18n/i18n.ts';
import { openConsole } from '../../../kernel/console.store.ts';
import { mayOpenConsole } from '../machine-rights.ts';

/** A terminal on its serial line, below the page. */
export const openTerminal: Action<ServerView> = {
  id: 'machine.open-terminal',
  label: () => t('machines:action.openTerminal'),
  icon: IconTerminal2,
  group: 'console',
  bulk: 'menu',
  can: mayOpenConsole,
  run: (server) => openConsole({ serverId: server.id, type: 'serial', title: server.name }),
};
