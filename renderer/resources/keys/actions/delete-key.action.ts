import { IconTrash } from '@tabler/icons-react';
import type { ServerView } from '../../../../app/contract/openstack.ts';
import { deleteKeypair } from '../../../api/compute.api.ts';
import { queryClient } from '../../../api/query-client.ts';
import { keys } from '../../../api/query-keys.ts';
import type { Action } from '../../../design/actions/action.ts';
import { yes } from '../../../design/verdict.ts';
import { t } from '../../../i18n/i18n.ts';
import type { KeyRow } from '../key-row.ts';

const NAMED = 8;

export const deleteKeys: Action<KeyRow> = {
  id: 'key.delete',
  label: () => t('keys:action.delete'),
  icon: IconTrash,
  group: 'delete',
  bulk: 'button',
  isDangerous: true,
  can: () => yes,
  confirm: (pairs) => ({
    title: t('keys:confirm.delete.title', { count: pairs.length, name: pairs[0]?.name ?? '' }),
    text: t('keys:confirm.delete.text'),
    consequences: whatGoes(pairs),
    wayBack: t('keys:confirm.delete.wayBack'),
    confirmLabel: t('keys:action.delete'),
    isDangerous: true,
  }),
  run: (pair) => deleteKeypair(pair.name),
};

function whatGoes(pairs: readonly KeyRow[]): string[] {
  const lines = pairs.length > 1 ? pairs.slice(0, NAMED).map(({ name }) => name) : [];
  if (pairs.length > NAMED) lines.push(t('keys:confirm.delete.more', { count: pairs.length - NAMED }));
  const names = new Set(pairs.map(({ name }) => name));
  const servers = queryClient.getQueryData<ServerView[]>(keys.servers.list) ?? [];
  const made = servers.filter((server) => server.key_name !== null && names.has(server.key_name)).length;
  if (made > 0) lines.push(t('keys:confirm.delete.machines', { count: made }));
  return lines;
}
