import type { ServerView } from '../../../app/contract/openstack.ts';
import type { Confirmation } from '../../design/dialogs/confirm.store.ts';
import { t } from '../../i18n/i18n.ts';

/** More than these are counted instead of named. */
const NAMED = 8;

/** The names of what is chosen, a line each. */
export function nameLines(servers: readonly ServerView[]): string[] {
  const names = servers.slice(0, NAMED).map((server) => server.name);
  const more = servers.length - names.length;
  return more > 0 ? [...names, t('machines:confirm.more', { count: more })] : names;
}

/** A question for a verb that is only worth one when it hits several machines at once; null for a single one. */
export function confirmSeveral(
  servers: readonly ServerView[],
  texts: { title: string; text: string; confirmLabel: string },
): Confirmation | null {
  if (servers.length < 2) return null;
  return { ...texts, consequences: nameLines(servers) };
}
