import { createRootRoute, createRoute, Outlet, redirect } from '@tanstack/react-router';
import { readSession } from '../api/session.ts';
import { parseTableSearch, type TableSearch, text } from '../design/table/table-search.ts';
import './resources.ts';
import { NoSuchPage } from '../kernel/NoSuchPage.tsx';
import { homeAddress } from '../resources/welcome/home-address.ts';
import { ErrorPage } from './ErrorPage.tsx';
import { Frame } from './Frame.tsx';
import { lazyPage } from './lazy-page.ts';

/** Every address of the dashboard. Pages load when they are first opened; search parameters are checked here. */

/** A list with a thing opened beside it. */
export interface ListWithPanel extends TableSearch {
  panel?: string | undefined;
}
const listWithPanel = (raw: Record<string, unknown>): ListWithPanel => ({
  ...parseTableSearch(raw),
  ...text(raw, 'panel'),
});

const root = createRootRoute({ component: Outlet, notFoundComponent: NoSuchPage, errorComponent: ErrorPage });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (raw: Record<string, unknown>): { code?: string; next?: string } => ({
    ...text(raw, 'code'),
    ...text(raw, 'next'),
  }),
  component: lazyPage(() => import('../session/SignInPage.tsx'), 'SignInPage'),
});

/** Consoles in windows of their own: no frame, and the token in the address is what lets one in. */
const consoleSearch = (raw: Record<string, unknown>): { token?: string; server?: string; title?: string } => ({
  ...text(raw, 'token'),
  // With a machine's id the window of someone who is signed in can ask for tokens by itself.
  ...text(raw, 'server'),
  ...text(raw, 'title'),
});
const vncWindow = createRoute({
  getParentRoute: () => root,
  path: '/console/vnc',
  validateSearch: consoleSearch,
  component: lazyPage(() => import('../consoles/pages/VncWindowPage.tsx'), 'VncWindowPage'),
});
const spiceWindow = createRoute({
  getParentRoute: () => root,
  path: '/console/spice',
  validateSearch: consoleSearch,
  component: lazyPage(() => import('../consoles/pages/SpiceWindowPage.tsx'), 'SpiceWindowPage'),
});
const serialWindow = createRoute({
  getParentRoute: () => root,
  path: '/console/serial',
  validateSearch: consoleSearch,
  component: lazyPage(() => import('../consoles/pages/SerialWindowPage.tsx'), 'SerialWindowPage'),
});

const frame = createRoute({
  getParentRoute: () => root,
  id: 'frame',
  component: Frame,
  errorComponent: ErrorPage,
  beforeLoad: ({ location }) => {
    if (readSession() !== null) return;
    // `/#code=...`: a sign-in link whose code never reaches a server log.
    const code = new URLSearchParams(location.hash).get('code');
    const next = location.pathname === '/' ? {} : { next: location.href };
    throw redirect({ to: '/sign-in', search: code ? { code, ...next } : next });
  },
});

const home = createRoute({
  getParentRoute: () => frame,
  path: '/',
  beforeLoad: async () => {
    throw redirect({ to: await homeAddress(), replace: true });
  },
});
const welcome = createRoute({
  getParentRoute: () => frame,
  path: '/welcome',
  component: lazyPage(() => import('../resources/welcome/pages/WelcomePage.tsx'), 'WelcomePage'),
});
const machines = createRoute({
  getParentRoute: () => frame,
  path: '/machines',
  validateSearch: (raw: Record<string, unknown>): ListWithPanel & { projects?: string | undefined } => ({
    ...listWithPanel(raw),
    // `all` for those of every project; one's own otherwise.
    ...text(raw, 'projects'),
  }),
  component: lazyPage(() => import('../resources/machines/pages/MachinesPage.tsx'), 'MachinesPage'),
});
const machine = createRoute({
  getParentRoute: () => frame,
  path: '/machines/$id',
  validateSearch: (raw: Record<string, unknown>): { tab?: string } => text(raw, 'tab'),
  component: lazyPage(() => import('../resources/machines/pages/MachinePage.tsx'), 'MachinePage'),
});
const launch = createRoute({
  getParentRoute: () => frame,
  path: '/launch',
  validateSearch: (
    raw: Record<string, unknown>,
  ): { image?: string; flavor?: string; key?: string; group?: string; run?: string; again?: string } => ({
    // An image's id, or `catalog:<entry>` for one that is still to be fetched.
    ...text(raw, 'image'),
    ...text(raw, 'flavor'),
    ...text(raw, 'key'),
    // A server group's id.
    ...text(raw, 'group'),
    // The first machine of a launch that is under way.
    ...text(raw, 'run'),
    // The same for one that failed and is to be tried again.
    ...text(raw, 'again'),
  }),
  component: lazyPage(() => import('../resources/launch/pages/LaunchPage.tsx'), 'LaunchPage'),
});
const images = createRoute({
  getParentRoute: () => frame,
  path: '/images',
  validateSearch: (raw: Record<string, unknown>): ListWithPanel & { tab?: string } => ({
    ...listWithPanel(raw),
    ...text(raw, 'tab'),
  }),
  component: lazyPage(() => import('../resources/images/pages/ImagesPage.tsx'), 'ImagesPage'),
});
const image = createRoute({
  getParentRoute: () => frame,
  path: '/images/$id',
  component: lazyPage(() => import('../resources/images/pages/ImagePage.tsx'), 'ImagePage'),
});
const hosts = createRoute({
  getParentRoute: () => frame,
  path: '/hosts',
  validateSearch: (raw: Record<string, unknown>): ListWithPanel & { tab?: string } => ({
    ...listWithPanel(raw),
    ...text(raw, 'tab'),
  }),
  component: lazyPage(() => import('../resources/hosts/pages/HostsPage.tsx'), 'HostsPage'),
});
const backups = createRoute({
  getParentRoute: () => frame,
  path: '/backups',
  validateSearch: parseTableSearch,
  component: lazyPage(() => import('../resources/backups/pages/BackupsPage.tsx'), 'BackupsPage'),
});
const quotas = createRoute({
  getParentRoute: () => frame,
  path: '/quotas',
  validateSearch: (raw: Record<string, unknown>): { tab?: string } => text(raw, 'tab'),
  component: lazyPage(() => import('../resources/quotas/pages/QuotasPage.tsx'), 'QuotasPage'),
});
const activity = createRoute({
  getParentRoute: () => frame,
  path: '/activity',
  validateSearch: (
    raw: Record<string, unknown>,
  ): ListWithPanel & { tab?: string; period?: string; failures?: string } => ({
    ...listWithPanel(raw),
    ...text(raw, 'tab'),
    ...text(raw, 'period'),
    ...text(raw, 'failures'),
  }),
  component: lazyPage(() => import('../resources/activity/pages/ActivityPage.tsx'), 'ActivityPage'),
});

const account = createRoute({
  getParentRoute: () => frame,
  path: '/account',
  validateSearch: (raw: Record<string, unknown>): { tab?: string } => text(raw, 'tab'),
  component: lazyPage(() => import('../resources/account/pages/AccountPage.tsx'), 'AccountPage'),
});

/** The People area: lists whose panels have tabs. */
const listWithTabs = (raw: Record<string, unknown>): ListWithPanel & { tab?: string | undefined } => ({
  ...listWithPanel(raw),
  ...text(raw, 'tab'),
});
const people = createRoute({
  getParentRoute: () => frame,
  path: '/people',
  validateSearch: listWithTabs,
  component: lazyPage(() => import('../resources/people/pages/PeoplePage.tsx'), 'PeoplePage'),
});
const groups = createRoute({
  getParentRoute: () => frame,
  path: '/people/groups',
  validateSearch: listWithTabs,
  component: lazyPage(() => import('../resources/groups/pages/GroupsPage.tsx'), 'GroupsPage'),
});
const projects = createRoute({
  getParentRoute: () => frame,
  path: '/people/projects',
  validateSearch: (raw: Record<string, unknown>): ReturnType<typeof listWithTabs> & { view?: string | undefined } => ({
    ...listWithTabs(raw),
    // `list` for the flat one; the tree otherwise.
    ...text(raw, 'view'),
  }),
  component: lazyPage(() => import('../resources/projects/pages/ProjectsPage.tsx'), 'ProjectsPage'),
});
const domains = createRoute({
  getParentRoute: () => frame,
  path: '/people/domains',
  validateSearch: listWithTabs,
  component: lazyPage(() => import('../resources/domains/pages/DomainsPage.tsx'), 'DomainsPage'),
});
const roles = createRoute({
  getParentRoute: () => frame,
  path: '/people/roles',
  validateSearch: listWithTabs,
  component: lazyPage(() => import('../resources/roles/pages/RolesPage.tsx'), 'RolesPage'),
});
const access = createRoute({
  getParentRoute: () => frame,
  path: '/people/access',
  validateSearch: (raw: Record<string, unknown>): TableSearch & { of?: string; id?: string } => ({
    ...parseTableSearch(raw),
    // The kind of thing whose roles are shown, and which one.
    ...text(raw, 'of'),
    ...text(raw, 'id'),
  }),
  component: lazyPage(() => import('../resources/access/pages/AccessPage.tsx'), 'AccessPage'),
});

/** All that resources define of themselves: the addresses above come before these. */
const resource = createRoute({
  getParentRoute: () => frame,
  path: '/$resource',
  validateSearch: listWithPanel,
  component: lazyPage(() => import('../kernel/ResourcePage.tsx'), 'ResourcePage'),
});
const thing = createRoute({
  getParentRoute: () => frame,
  path: '/$resource/$id',
  component: lazyPage(() => import('../kernel/ThingPage.tsx'), 'ThingPage'),
});

export const routeTree = root.addChildren([
  signIn,
  vncWindow,
  spiceWindow,
  serialWindow,
  frame.addChildren([
    home,
    welcome,
    machines,
    machine,
    launch,
    images,
    image,
    hosts,
    backups,
    quotas,
    people,
    groups,
    projects,
    domains,
    roles,
    access,
    activity,
    account,
    resource,
    thing,
  ]),
]);
