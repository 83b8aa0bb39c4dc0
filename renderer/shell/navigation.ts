import {
  IconActivity,
  IconCpu,
  IconDeviceDesktop,
  IconDisc,
  IconGauge,
  IconKey,
  IconRuler2,
  IconSitemap,
  IconUsers,
} from '@tabler/icons-react';
import type { CurrentUser } from '../api/session.ts';
import { mayDo } from '../session/identity-rights.ts';

/** The navigation on the left; the palette offers the same. `key` + 1 to 9 after `g` is not bound: Ctrl-K is enough. */
export const NAVIGATION = [
  { to: '/machines', text: 'nav.machines', icon: IconDeviceDesktop, group: 'compute' },
  { to: '/images', text: 'nav.images', icon: IconDisc, group: 'compute' },
  { to: '/flavors', text: 'nav.flavors', icon: IconRuler2, group: 'compute' },
  { to: '/keys', text: 'nav.keys', icon: IconKey, group: 'compute' },
  { to: '/networks', text: 'nav.networks', icon: IconSitemap, group: 'compute' },
  { to: '/hosts', text: 'nav.hosts', icon: IconCpu, group: 'cloud' },
  { to: '/quotas', text: 'nav.quotas', icon: IconGauge, group: 'cloud' },
  { to: '/people', text: 'nav.people', icon: IconUsers, group: 'cloud', rule: 'identity:list_users' },
  { to: '/activity', text: 'nav.activity', icon: IconActivity, group: 'cloud' },
] as const;

/** The entries for somebody: areas that they may not read are not offered. */
export function navigationFor(user: CurrentUser) {
  return NAVIGATION.filter((entry) => !('rule' in entry) || mayDo(entry.rule, user).allowed);
}
