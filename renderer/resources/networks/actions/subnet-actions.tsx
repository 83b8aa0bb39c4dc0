import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import type { NetworkView } from '../../../../app/contract/openstack.ts';
import { deleteSubnet, type SubnetView } from '../../../api/network.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import { t } from '../../../i18n/i18n.ts';
import { SubnetDialog } from '../dialogs/SubnetDialog.tsx';
import { mayChange } from '../network-rights.ts';

export const addSubnet: Action<NetworkView> = {
  id: 'network.add-subnet',
  label: () => t('networks:action.addRange'),
  icon: IconPlus,
  group: 'change',
  can: (network, user) => mayChange('create_subnet', network, user),
  run: (network) => openDialog((props) => <SubnetDialog {...props} networkId={network.id} />),
};

const editSubnet: Action<SubnetView> = {
  id: 'subnet.edit',
  label: () => t('networks:action.edit'),
  icon: IconPencil,
  group: 'change',
  can: (subnet, user) => mayChange('update_subnet', subnet, user),
  run: (subnet) => openDialog((props) => <SubnetDialog {...props} networkId={subnet.network_id} subnet={subnet} />),
};

const removeSubnet: Action<SubnetView> = {
  id: 'subnet.delete',
  label: () => t('networks:action.delete'),
  icon: IconTrash,
  group: 'delete',
  isDangerous: true,
  can: (subnet, user) => mayChange('delete_subnet', subnet, user),
  confirm: ([subnet]) => ({
    title: t('networks:confirm.deleteRange.title', { name: subnet?.cidr ?? '' }),
    text: t('networks:confirm.deleteRange.text'),
    confirmLabel: t('networks:action.delete'),
    isDangerous: true,
  }),
  run: ({ id }) => deleteSubnet(id),
};

/** In the order of menus. */
export const SUBNET_ACTIONS: readonly Action<SubnetView>[] = [editSubnet, removeSubnet];
