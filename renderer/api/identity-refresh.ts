import { queryClient } from './query-client.ts';
import { keys } from './query-keys.ts';
import { request } from './request.ts';

const IDENTITY_KEYS = [keys.users, keys.groups, keys.projects, keys.domains, keys.roles, keys.assignments];
/** Changes of one burst, such as a bulk action, are read back together. */
const BURST_MS = 150;
let timer: ReturnType<typeof setTimeout> | undefined;

/**
 * Reads people and projects again after one's own change. Events do the same, but the event stream tells only
 * administrators of the cloud of these things: whoever manages a domain would go on seeing what was.
 */
function refreshIdentity(): void {
  clearTimeout(timer);
  timer = setTimeout(() => {
    for (const { all } of IDENTITY_KEYS) void queryClient.invalidateQueries({ queryKey: all });
  }, BURST_MS);
}

/** One change through Keystone's API, then a look at what it left; after a refusal too, which may come of an old view. */
export async function change<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T> {
  try {
    return await request<T>(path, { method, body });
  } finally {
    refreshIdentity();
  }
}
