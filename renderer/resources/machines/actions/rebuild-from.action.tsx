import { IconRestore } from '@tabler/icons-react';
import type { ImageView, ServerView } from '../../../../app/contract/openstack.ts';
import type { VerbList } from '../../../../app/contract/verbs.ts';
import { queryClient } from '../../../api/query-client.ts';
import { keys } from '../../../api/query-keys.ts';
import type { Action } from '../../../design/actions/action.ts';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import { no } from '../../../design/verdict.ts';
import { t } from '../../../i18n/i18n.ts';
import { RebuildDialog } from '../dialogs/RebuildDialog.tsx';
import { machineAction } from '../hooks/use-machine-actions.ts';

/** That machine gets the disk of an image; asked as any rebuild. */
export function rebuildFrom(server: ServerView): Action<ImageView> {
  const offers = queryClient.getQueryData<VerbList>(keys.verbs.all)?.verbs.flatMap((verb) => verb.offers);
  const offer = offers?.find(({ name }) => name === 'rebuild');
  return {
    id: 'image.rebuild',
    label: () => t('machines:snapshots.rebuild', { name: server.name }),
    icon: IconRestore,
    group: 'use',
    can: (image, user) => {
      if (image.status !== 'active') return no(t('machines:snapshots.notReady'));
      return machineAction('rebuild')?.can(server, user) ?? no(t('machines:safety.notNow'));
    },
    run: (image) => {
      if (offer) openDialog((props) => <RebuildDialog {...props} offer={offer} servers={[server]} image={image.id} />);
    },
  };
}
