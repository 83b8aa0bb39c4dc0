import { ADMIN } from '../../policy/base.policy.ts';
import { changeVerb } from './verb.ts';

/** Accepted and without effect, as on Nova's libvirt: guests learn their network by DHCP and from the config drive. */
export const injectNetworkInfo = changeVerb({
  name: 'inject_network_info',
  action: 'injectNetworkInfo',
  rule: 'os_compute_api:os-admin-actions:inject_network_info',
  who: ADMIN,
  change: () => null,
});
