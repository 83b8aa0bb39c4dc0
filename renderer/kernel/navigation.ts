import {
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
import { type AnyResource, allResources, byPlace } from './resource.ts';
import { resourceText } from './resource-text.ts';

type Page = Pick<AnyResource, 'name' | 'icon' | 'place' | 'rule' | 'isOfCloud'>;

interface NavigationEntry extends Page {
  to: string;
  label: () => string;
}

/** Pages that no resource defines. */
const PAGES = [
  {
    name: 'machines',
    icon: IconDeviceDesktop,
    place: { group: 'compute', order: 10 },
    rule: 'os_compute_api:servers:index',
  },
  { name: 'images', icon: IconDisc, place: { group: 'compute', order: 20 }, rule: 'get_images' },
  { name: 'hosts', icon: IconCpu, place: { group: 'cloud', order: 10 }, rule: 'v1:hosts:list', isOfCloud: true },
  { name: 'quotas', icon: IconGauge, place: { group: 'cloud', order: 30 }, rule: 'v1:quotas:show' },
  { name: 'people', icon: IconUsers, place: { group: 'cloud', order: 40 }, rule: 'identity:list_users' },
  {
    name: 'backups',
    icon: IconArchive,
    place: { group: 'cloud', order: 50 },
    rule: 'v1:backups:list',
    isOfCloud: true,
  },
  { name: 'activity', icon: IconActivity, place: { group: 'cloud', order: 60 }, rule: 'v1:event_log:list' },
] as const satisfies Page[];

/** The navigation on the left; the palette offers the same. */
function entries(): NavigationEntry[] {
  return [
    ...PAGES.map((page) => entryOf(page, () => t(`shell:nav.${page.name}`))),
    ...allResources().map((resource) => entryOf(resource, () => resourceText(resource, 'title'))),
  ].sort(byPlace);
}

function entryOf(page: Page, label: () => string): NavigationEntry {
  return { ...page, to: `/${page.name}`, label };
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
