import { IconPencil } from '@tabler/icons-react';
import type { FlavorView } from '../../../../app/contract/openstack.ts';
import type { Action } from '../../../design/actions/action.ts';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import { t } from '../../../i18n/i18n.ts';
import { DescribeFlavorDialog } from '../dialogs/DescribeFlavorDialog.tsx';
import { mayManageFlavors } from '../flavor-rights.ts';

/** The description is all of a flavor that may change: machines rely on the rest. */
export const describeFlavor: Action<FlavorView> = {
  id: 'flavor.describe',
  label: () => t('flavors:action.describe'),
  icon: IconPencil,
  group: 'change',
  can: (_flavor, user) => mayManageFlavors(user),
  run: (flavor) => openDialog((props) => <DescribeFlavorDialog {...props} flavor={flavor} />),
};
