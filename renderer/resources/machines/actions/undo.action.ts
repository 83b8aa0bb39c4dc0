import { IconArrowBackUp } from '@tabler/icons-react';
import type { ServerView } from '../../../../app/contract/openstack.ts';
import { rebuildServer } from '../../../api/compute.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { formatDateTime } from '../../../design/duration.ts';
import { no } from '../../../design/verdict.ts';
import { t } from '../../../i18n/i18n.ts';
import { machineAction } from '../hooks/use-machine-actions.ts';
import { keepPassword } from '../password.store.ts';
import type { SafetySnapshot } from '../safety.ts';

/** A machine becomes what a safety snapshot says it was: its disk, and its name. */
export function undoAction({ image, name, verb }: SafetySnapshot): Action<ServerView> {
  return {
    id: 'machine.undo',
    label: () => t('design:undo'),
    icon: IconArrowBackUp,
    group: 'repair',
    isDangerous: true,
    can: (server, user) => {
      const { disk } = server.flavor;
      if (disk > 0 && image.min_disk > disk)
        return no(t('machines:safety.tooSmall', { size: `${image.min_disk} GiB` }));
      return machineAction('rebuild')?.can(server, user) ?? no(t('machines:safety.notNow'));
    },
    confirm: ([server]) => ({
      title: t(`machines:safety.undo.${verb}`, { name: server?.name }),
      text: t('machines:safety.undo.text', { time: formatDateTime(image.created_at) }),
      wayBack: t('machines:safety.undo.wayBack'),
      confirmLabel: t('design:undo'),
      isDangerous: true,
    }),
    run: async (server) => {
      const asked = { imageRef: image.id, ...(name !== '' && { name }) };
      keepPassword(server.id, await rebuildServer(server.id, asked));
    },
  };
}
