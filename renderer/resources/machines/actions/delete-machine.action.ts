import { IconTrash } from '@tabler/icons-react';
import type { ServerView } from '../../../../app/contract/openstack.ts';
import { deleteServer, forceDeleteServer } from '../../../api/compute.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { formatDuration } from '../../../design/duration.ts';
import { no } from '../../../design/verdict.ts';
import { t } from '../../../i18n/i18n.ts';
import { counted, nameLines } from '../machine-confirmation.ts';
import { mayChange } from '../machine-rights.ts';
import { addressesOf } from '../machine-state.ts';

/** From this many on the number has to be typed: a slip of Select all must not empty a cloud. */
const TYPE_FROM = 10;

/** Removes it with all that is its own, or puts it among those that can be restored for a while. */
export const deleteMachine = (keptSeconds: number): Action<ServerView> => ({
  id: 'machine.delete',
  label: () => t('machines:action.delete'),
  icon: IconTrash,
  group: 'delete',
  bulk: 'button',
  isDangerous: true,
  can: (server, user) => {
    if (server['OS-EXT-STS:task_state'] === 'deleting') return no(t('machines:reason.deleting'));
    return mayChange(server, user);
  },
  confirm: (servers) => ({
    title: t('machines:confirm.delete.title', counted(servers)),
    text: t('machines:confirm.delete.text', counted(servers)),
    consequences: [...(servers.length > 1 ? nameLines(servers) : []), ...whatGoes(servers)],
    wayBack:
      keptSeconds > 0 && servers.every(({ status }) => status !== 'SOFT_DELETED')
        ? t('machines:confirm.delete.kept', { time: formatDuration(keptSeconds) })
        : t('machines:confirm.delete.wayBack'),
    confirmLabel: t('machines:action.delete'),
    isDangerous: true,
    ...(servers.length >= TYPE_FROM ? { typeToConfirm: String(servers.length) } : {}),
  }),
  // What is deleted already, and kept, is deleted for good.
  run: (server) => (server.status === 'SOFT_DELETED' ? forceDeleteServer(server.id) : deleteServer(server.id)),
});

/** Disks, addresses and running work that go with the machines. */
export function whatGoes(servers: readonly ServerView[]): string[] {
  const lines = [t('machines:confirm.delete.disk', counted(servers))];
  const addresses = servers.flatMap((server) => addressesOf(server).map((each) => each.address));
  if (addresses.length === 1) lines.push(t('machines:confirm.delete.address', { address: addresses[0] ?? '' }));
  if (addresses.length > 1) lines.push(t('machines:confirm.delete.addresses', { count: addresses.length }));
  const running = servers.filter((server) => server['OS-EXT-STS:vm_state'] === 'active').length;
  if (running > 0) lines.push(t('machines:confirm.delete.running', { count: running }));
  return lines;
}
