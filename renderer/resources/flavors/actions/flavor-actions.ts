import type { FlavorView } from '../../../../app/contract/openstack.ts';
import type { Action } from '../../../design/actions/action.ts';
import { deleteFlavors } from './delete-flavor.action.ts';
import { describeFlavor } from './describe-flavor.action.tsx';
import { editExtraSpecs } from './edit-extra-specs.action.tsx';
import { launchWithFlavor } from './launch-with-flavor.action.ts';

/** In the order of menus. */
export const FLAVOR_ACTIONS: readonly Action<FlavorView>[] = [
  launchWithFlavor,
  describeFlavor,
  editExtraSpecs,
  deleteFlavors,
];
