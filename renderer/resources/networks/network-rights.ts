import type { RuleName } from '../../../app/contract/generated/rules.ts';
import type { NetworkView, PortView } from '../../../app/contract/openstack.ts';
import type { CurrentUser } from '../../api/session.ts';
import { no, type Verdict } from '../../design/verdict.ts';
import { t } from '../../i18n/i18n.ts';
import { mayDo } from '../../session/rights.ts';

/** Everybody sees a shared network and its ranges, but only its project and administrators change them. */
export function mayChange(rule: RuleName, thing: Pick<NetworkView, 'project_id'>, user: CurrentUser): Verdict {
  const right = mayDo(rule, user);
  if (right.allowed && !user.isAdmin && thing.project_id !== user.projectId) return no(t('networks:reason.notOwn'));
  return right;
}

/** Everybody puts ports on a shared network. */
export function mayAddPort(network: Pick<NetworkView, 'project_id' | 'shared'>, user: CurrentUser): Verdict {
  return network.shared ? mayDo('create_port', user) : mayChange('create_port', network, user);
}

/** On the network of another project one takes the addresses that one is given. */
export function mayChooseAddress(network: Pick<NetworkView, 'project_id'>, user: CurrentUser): Verdict {
  return mayChange('create_port:mac_address', network, user);
}

/** Whether a port that is gone can be made again as it was; what device it is of only administrators say. */
export function mayMakeAgain(
  { project_id, device_id, device_owner }: Pick<PortView, 'project_id' | 'device_id' | 'device_owner'>,
  network: Pick<NetworkView, 'project_id'>,
  user: CurrentUser,
): boolean {
  if (!mayChooseAddress(network, user).allowed) return false;
  return user.isAdmin || (project_id === user.projectId && device_id === '' && device_owner === '');
}
