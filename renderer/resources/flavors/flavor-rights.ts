import type { CurrentUser } from '../../api/session.ts';
import type { Verdict } from '../../design/verdict.ts';
import { mayDo } from '../../session/rights.ts';

/** Flavors are the whole cloud's: as a rule only administrators make, change and delete them. */
export const MANAGES_FLAVORS = 'os_compute_api:os-flavor-manage:create';

export function mayManageFlavors(user: CurrentUser): Verdict {
  return mayDo(MANAGES_FLAVORS, user);
}
