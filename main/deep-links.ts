/** How the dashboard addresses one of a thing; null where it has no page for one. */
const PAGES: Record<string, ((id: string, tab: string | undefined) => string | null) | null> = {
  machines: (id, tab) => {
    if (tab === undefined) return `/machines/${id}`;
    return ['screen', 'terminal', 'log', 'history'].includes(tab) ? `/machines/${id}?tab=${tab}` : null;
  },
  images: (id, tab) => (tab === undefined ? `/images/${id}` : null),
  networks: (id, tab) => (tab === undefined ? `/networks?panel=${id}` : null),
  hosts: (id, tab) => (tab === undefined ? `/hosts?panel=${id}` : null),
  flavors: null,
  keys: null,
  activity: null,
};

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const DEEP_LINK_SCHEME = 'cumulet';

/**
 * The dashboard's page that `cumulet://machines/<uuid>` or the like stands for, or null. Any web page can send people
 * here, so only known words and plain ids pass, and a link only ever shows something.
 */
export function parseDeepLink(text: string): string | null {
  const match = /^cumulet:\/\/([a-z]+)(?:\/([0-9a-f-]{36})(?:\/([a-z]+))?)?\/?$/.exec(text);
  if (!match) return null;
  const [, thing = '', id, tab] = match;
  if (!Object.hasOwn(PAGES, thing)) return null;
  if (id === undefined) return `/${thing}`;
  return UUID.test(id) ? (PAGES[thing]?.(id, tab) ?? null) : null;
}

/** A path inside the dashboard, as notifications carry it: nothing that could lead to another origin. */
export function isDashboardPath(text: string): boolean {
  if (!text.startsWith('/') || text.startsWith('//') || text.includes('\\')) return false;
  const url = new URL(text, 'http://dashboard.invalid');
  return url.origin === 'http://dashboard.invalid';
}
