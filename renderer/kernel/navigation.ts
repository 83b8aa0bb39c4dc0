import {
  type Icon,
  IconActivity,
  IconArchive,
  IconCpu,
  IconDeviceDesktop,
  IconDisc,
  IconGauge,
  IconUsers,
} from '@tabler/icons-react';
import type { CurrentUser } from '../api/session.ts';
import { t } from '../i18n/i18n.ts';
import { mayDo } from '../session/rights.ts';
import { type AnyResource, allResources } from './resource.ts';
import { resourceText } from './resource-text.ts';

interface NavigationEntry {
  to: string;
  label: () => string;
  icon: Icon;
  /** Lower orders come first in their group. */
  place: { group: (typeof GROUPS)[number]; order: number };
  /** The policy rule without which there is nothing to see. */
  rule: string;
  /** No project has it: to work in another one opens it to nobody. */
  isOfCloud?: boolean | undefined;
}

/** Pages that no resource defines. */
const PAGES: readonly NavigationEntry[] = [
  {
    to: '/machines',
    label: () => t('shell:nav.machines'),
    icon: IconDeviceDesktop,
    place: { group: 'compute', order: 10 },
    rule: 'os_compute_api:servers:index',
  },
  {
    to: '/images',
    label: () => t('shell:nav.images'),
    icon: IconDisc,
    place: { group: 'compute', order: 20 },
    rule: 'get_images',
  },
  {
    to: '/hosts',
    label: () => t('shell:nav.hosts'),
    icon: IconCpu,
    place: { group: 'cloud', order: 10 },
    rule: 'v1:hosts:list',
    isOfCloud: true,
  },
  {
    to: '/quotas',
    label: () => t('shell:nav.quotas'),
    icon: IconGauge,
    place: { group: 'cloud', order: 30 },
    rule: 'v1:quotas:show',
  },
  {
    to: '/people',
    label: () => t('shell:nav.people'),
    icon: IconUsers,
    place: { group: 'cloud', order: 40 },
    rule: 'identity:list_users',
  },
  {
    to: '/backups',
    label: () => t('shell:nav.backups'),
    icon: IconArchive,
    place: { group: 'cloud', order: 50 },
    rule: 'v1:backups:list',
    isOfCloud: true,
  },
  {
    to: '/activity',
    label: () => t('shell:nav.activity'),
    icon: IconActivity,
    place: { group: 'cloud', order: 60 },
    rule: 'v1:event_log:list',
  },
];

/** The navigation on the left; the palette offers the same. */
function entries(): NavigationEntry[] {
  return [...PAGES, ...allResources().map(entryOf)].sort(
    ({ place: one }, { place: other }) =>
      GROUPS.indexOf(one.group) - GROUPS.indexOf(other.group) || one.order - other.order,
  );
}

const GROUPS = ['compute', 'cloud'] as const;

function entryOf(resource: AnyResource): NavigationEntry {
  const { name, icon, place, rule, isOfCloud } = resource;
  return { to: `/${name}`, label: () => resourceText(resource, 'title'), icon, place, rule, isOfCloud };
}

/** The entries for somebody: areas that they may not read are not offered. */
export function navigationFor(user: CurrentUser): NavigationEntry[] {
  return entries().filter(({ rule }) => mayDo(rule, user).allowed);
}

/** Pages beside those of the navigation whose things belong to a project, and the entry they belong to. */
const BESIDE: Readonly<Record<string, string>> = { '/launch': '/machines', '/welcome': '/machines' };

/**
 * The entry of the page at an address, where its things are not open to somebody who works where they work now. People
 * is left to its own pages, each of which has a right of its own.
 */
export function closedEntry(pathname: string, user: CurrentUser): NavigationEntry | undefined {
  const path = BESIDE[pathname] ?? pathname;
  const entry = entries().find(({ to }) => path === to || path.startsWith(`${to}/`));
  return entry && entry.to !== '/people' && !mayDo(entry.rule, user).allowed ? entry : undefined;
}
