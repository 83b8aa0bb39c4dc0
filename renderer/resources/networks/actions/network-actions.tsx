import { IconPencil, IconTrash } from '@tabler/icons-react';
import type { NetworkView } from '../../../../app/contract/openstack.ts';
import { deleteNetwork } from '../../../api/network.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import { no } from '../../../design/verdict.ts';
import { t } from '../../../i18n/i18n.ts';
import { NetworkDialog } from '../dialogs/NetworkDialog.tsx';
import { mayChange } from '../network-rights.ts';
import { addPort } from './port-actions.tsx';
import { addSubnet } from './subnet-actions.tsx';

const NAMED = 8;

const editNetwork: Action<NetworkView> = {
  id: 'network.edit',
  label: () => t('networks:action.edit'),
  icon: IconPencil,
  group: 'change',
  can: (network, user) => mayChange('update_network', network, user),
  run: (network) => openDialog((props) => <NetworkDialog {...props} network={network} />),
};

const deleteNetworks: Action<NetworkView> = {
  id: 'network.delete',
  label: () => t('networks:action.delete'),
  icon: IconTrash,
  group: 'delete',
  bulk: 'button',
  isDangerous: true,
  can: (network, user) =>
    network.is_default ? no(t('networks:reason.isDefault')) : mayChange('delete_network', network, user),
  confirm: (networks) => ({
    title: t('networks:confirm.delete.title', { count: networks.length, name: networks[0]?.name ?? '' }),
    text: t('networks:confirm.delete.text'),
    consequences: networks.length > 1 ? networks.slice(0, NAMED).map(({ name, id }) => name || id) : [],
    confirmLabel: t('networks:action.delete'),
    isDangerous: true,
  }),
  run: ({ id }) => deleteNetwork(id),
};

/** In the order of menus. */
export const NETWORK_ACTIONS: readonly Action<NetworkView>[] = [editNetwork, addSubnet, addPort, deleteNetworks];
