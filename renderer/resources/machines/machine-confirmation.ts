import type { ServerView } from '../../../app/contract/openstack.ts';
import { t } from '../../i18n/i18n.ts';

/** More than these are counted instead of named. */
const NAMED = 8;

/** The names of what is chosen, a line each. */
export function nameLines(servers: readonly ServerView[]): string[] {
  const names = servers.slice(0, NAMED).map((server) => server.name);
  const more = servers.length - names.length;
  return more > 0 ? [...names, t('machines:confirm.more', { count: more })] : names;
}

/** For texts that name a single machine and count several. Chinese has one form for all counts: the context names one. */
export function counted(servers: readonly ServerView[]): { count: number; name: string; context?: 'one' } {
  const [only, ...others] = servers;
  return { count: servers.length, name: only?.name ?? '', ...(only && others.length === 0 && { context: 'one' }) };
}
