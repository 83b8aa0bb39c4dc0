import {
  type Icon,
  IconActivity,
  IconArchive,
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
import { mayDo } from '../session/rights.ts';

interface NavigationEntry {
  to:
    | '/machines'
    | '/images'
    | '/flavors'
    | '/keys'
    | '/networks'
    | '/hosts'
    | '/quotas'
    | '/people'
    | '/backups'
    | '/activity';
  text: `nav.${'machines' | 'images' | 'flavors' | 'keys' | 'networks' | 'hosts' | 'quotas' | 'people' | 'backups' | 'activity'}`;
  icon: Icon;
  group: 'compute' | 'cloud';
  /** The policy rule without which there is nothing to see. */
  rule: string;
  /** No project has it: to work in another one opens it to nobody. */
  isOfCloud?: boolean;
}

/** The navigation on the left; the palette offers the same. `key` + 1 to 9 after `g` is not bound: Ctrl-K is enough. */
const NAVIGATION: readonly NavigationEntry[] = [
  {
    to: '/machines',
    text: 'nav.machines',
    icon: IconDeviceDesktop,
    group: 'compute',
    rule: 'os_compute_api:servers:index',
  },
  { to: '/images', text: 'nav.images', icon: IconDisc, group: 'compute', rule: 'get_images' },
  { to: '/flavors', text: 'nav.flavors', icon: IconRuler2, group: 'compute', rule: 'os_compute_api:flavors' },
  { to: '/keys', text: 'nav.keys', icon: IconKey, group: 'compute', rule: 'os_compute_api:os-keypairs:index' },
  { to: '/networks', text: 'nav.networks', icon: IconSitemap, group: 'compute', rule: 'get_network' },
  { to: '/hosts', text: 'nav.hosts', icon: IconCpu, group: 'cloud', rule: 'v1:hosts:list', isOfCloud: true },
  { to: '/quotas', text: 'nav.quotas', icon: IconGauge, group: 'cloud', rule: 'v1:quotas:show' },
  { to: '/people', text: 'nav.people', icon: IconUsers, group: 'cloud', rule: 'identity:list_users' },
  { to: '/backups', text: 'nav.backups', icon: IconArchive, group: 'cloud', rule: 'v1:backups:list', isOfCloud: true },
  { to: '/activity', text: 'nav.activity', icon: IconActivity, group: 'cloud', rule: 'v1:event_log:list' },
];

/** The entries for somebody: areas that they may not read are not offered. */
export function navigationFor(user: CurrentUser): NavigationEntry[] {
  return NAVIGATION.filter(({ rule }) => mayDo(rule, user).allowed);
}

/** Pages beside those of the navigation whose things belong to a project, and the entry they belong to. */
const BESIDE: Readonly<Record<string, string>> = { '/launch': '/machines', '/welcome': '/machines' };

/**
 * The entry of the page at an address, where its things are not open to somebody who works where they work now. People
 * is left to its own pages, each of which has a right of its own.
 */
export function closedEntry(pathname: string, user: CurrentUser): NavigationEntry | undefined {
  const path = BESIDE[pathname] ?? pathname;
  const entry = NAVIGATION.find(({ to }) => path === to || path.startsWith(`${to}/`));
  return entry && entry.to !== '/people' && !mayDo(entry.rule, user).allowed ? entry : undefined;
}
