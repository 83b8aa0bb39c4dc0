import { IconTrash } from '@tabler/icons-react';
import type { Unclaimed } from '../../../../app/contract/unclaimed.ts';
import { queryClient } from '../../../api/query-client.ts';
import { keys } from '../../../api/query-keys.ts';
import { removeUnclaimed } from '../../../api/v1.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { t } from '../../../i18n/i18n.ts';
import { mayDo } from '../../../session/rights.ts';

/** For good; the name is typed, and sent, so that nothing else is meant. */
export const removeUnclaimedAction: Action<Unclaimed> = {
  id: 'unclaimed.remove',
  label: () => t('hosts:unclaimed.remove'),
  icon: IconTrash,
  group: 'remove',
  isDangerous: true,
  bulk: 'none',
  can: (_thing, user) => mayDo('v1:unclaimed:remove', user),
  confirm: ([thing]) => ({
    title: t('hosts:unclaimed.confirm.title', { name: thing!.name }),
    text: t(`hosts:unclaimed.confirm.text.${thing!.kind}`, { host: thing!.host?.name ?? '' }),
    consequences: thing!.machine?.powerState === 'RUNNING' ? [t('hosts:unclaimed.confirm.runs')] : [],
    wayBack: t('hosts:unclaimed.confirm.wayBack'),
    confirmLabel: t('hosts:unclaimed.remove'),
    isDangerous: true,
    typeToConfirm: thing!.name,
  }),
  run: async (thing) => {
    await removeUnclaimed(thing.id, thing.name);
    await queryClient.invalidateQueries({ queryKey: keys.unclaimed.all });
  },
};
