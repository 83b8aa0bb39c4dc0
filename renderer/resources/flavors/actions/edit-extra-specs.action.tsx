import { IconAdjustments } from '@tabler/icons-react';
import type { FlavorView } from '../../../../app/contract/openstack.ts';
import type { Action } from '../../../design/actions/action.ts';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import { t } from '../../../i18n/i18n.ts';
import { ExtraSpecsDialog } from '../dialogs/ExtraSpecsDialog.tsx';
import { mayManageFlavors } from '../flavor-rights.ts';

export const editExtraSpecs: Action<FlavorView> = {
  id: 'flavor.extra-specs',
  label: () => t('flavors:action.extraSpecs'),
  icon: IconAdjustments,
  group: 'change',
  can: (_flavor, user) => mayManageFlavors(user),
  run: (flavor) => openDialog((props) => <ExtraSpecsDialog {...props} flavor={flavor} />),
};
