import { IconTrash } from '@tabler/icons-react';
import type { FlavorView } from '../../../../app/contract/openstack.ts';
import { deleteFlavor } from '../../../api/compute.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { t } from '../../../i18n/i18n.ts';
import { mayManageFlavors } from '../flavor-rights.ts';

const NAMED = 8;

export const deleteFlavors: Action<FlavorView> = {
  id: 'flavor.delete',
  label: () => t('flavors:action.delete'),
  icon: IconTrash,
  group: 'delete',
  bulk: 'button',
  isDangerous: true,
  can: (_flavor, user) => mayManageFlavors(user),
  confirm: (flavors) => ({
    title: t('flavors:confirm.delete.title', { count: flavors.length, name: flavors[0]?.name ?? '' }),
    text: t('flavors:confirm.delete.text'),
    consequences: flavors.length > 1 ? flavors.slice(0, NAMED).map(({ name }) => name) : [],
    wayBack: t('flavors:confirm.delete.wayBack'),
    confirmLabel: t('flavors:action.delete'),
    isDangerous: true,
  }),
  run: (flavor) => deleteFlavor(flavor.id),
};
