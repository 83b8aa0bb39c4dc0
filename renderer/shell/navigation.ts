import {
  IconActivity,
  IconCpu,
  IconDeviceDesktop,
  IconDisc,
  IconGauge,
  IconKey,
  IconRuler2,
  IconSitemap,
} from '@tabler/icons-react';

/** The navigation on the left; the palette offers the same. `key` + 1 to 9 after `g` is not bound: Ctrl-K is enough. */
export const NAVIGATION = [
  { to: '/machines', text: 'nav.machines', icon: IconDeviceDesktop, group: 'compute' },
  { to: '/images', text: 'nav.images', icon: IconDisc, group: 'compute' },
  { to: '/flavors', text: 'nav.flavors', icon: IconRuler2, group: 'compute' },
  { to: '/keys', text: 'nav.keys', icon: IconKey, group: 'compute' },
  { to: '/networks', text: 'nav.networks', icon: IconSitemap, group: 'compute' },
  { to: '/hosts', text: 'nav.hosts', icon: IconCpu, group: 'cloud' },
  { to: '/quotas', text: 'nav.quotas', icon: IconGauge, group: 'cloud' },
  { to: '/activity', text: 'nav.activity', icon: IconActivity, group: 'cloud' },
] as const;
