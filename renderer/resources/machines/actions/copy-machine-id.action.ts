import { IconCopy } from '@tabler/icons-react';
import type { ServerView } from '../../../../app/contract/openstack.ts';
import type { Action } from '../../../design/actions/action.ts';
import { copyText } from '../../../design/clipboard.ts';
import { notifyDone } from '../../../design/notify.tsx';
import { yes } from '../../../design/verdict.ts';
import { t } from '../../../i18n/i18n.ts';

/** The ids, one a line, for a command line. */
export const copyMachineId: Action<ServerView> = {
  id: 'machine.copy-id',
  label: () => t('machines:action.copyId'),
  icon: IconCopy,
  group: 'edit',
  bulk: 'menu',
  can: () => yes,
  run: (server) => copyIds([server]),
  runAll: copyIds,
};

async function copyIds(servers: ServerView[]): Promise<void> {
  const isCopied = await copyText(servers.map((server) => server.id).join('\n'));
  if (isCopied) notifyDone(t('machines:copied', { count: servers.length }));
}
