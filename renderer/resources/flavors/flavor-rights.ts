import type { CurrentUser } from '../../api/session.ts';
import type { Verdict } from '../../design/actions/action.ts';
import { mayDo } from '../../session/rights.ts';

/** Flavors are the whole cloud's: as a rule only administrators make, change and delete them. */
export function mayManageFlavors(user: CurrentUser): Verdict {
  return mayDo('os_compute_api:os-flavor-manage:create', user);
}
