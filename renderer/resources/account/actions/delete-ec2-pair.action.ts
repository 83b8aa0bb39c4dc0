import { IconTrash } from '@tabler/icons-react';
import { deleteEc2Credential, type Ec2Credential } from '../../../api/account.api.ts';
import { queryClient } from '../../../api/query-client.ts';
import { keys } from '../../../api/query-keys.ts';
import type { Action } from '../../../design/actions/action.ts';
import { t } from '../../../i18n/i18n.ts';
import { mayDo } from '../../../session/rights.ts';

export type Ec2Pair = Ec2Credential & { id: string };

export const deleteEc2Pairs: Action<Ec2Pair> = {
  id: 'ec2.delete',
  label: () => t('account:delete'),
  icon: IconTrash,
  bulk: 'button',
  isDangerous: true,
  can: (_pair, me) => mayDo('identity:ec2_delete_credential', me),
  confirm: (pairs) => ({
    title: t('account:ec2.deleteTitle', { count: pairs.length }),
    text: t('account:ec2.deleteText', { count: pairs.length }),
    confirmLabel: t('account:delete'),
    isDangerous: true,
  }),
  run: async ({ user_id, access }) => {
    try {
      await deleteEc2Credential(user_id, access);
    } finally {
      await queryClient.invalidateQueries({ queryKey: keys.account.ec2 });
    }
  },
};
