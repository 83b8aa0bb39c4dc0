import type { ServerView } from '../../../app/contract/openstack.ts';
import type { CurrentUser } from '../../api/session.ts';
import { no, type Verdict, yes } from '../../design/verdict.ts';
import { t } from '../../i18n/i18n.ts';
import { mayDo } from '../../session/rights.ts';
import { hasConsole } from './machine-state.ts';
import { lockedReason } from './verb-text.ts';

/** Whether this person may change this machine at all. */
export function mayChange(server: ServerView, user: CurrentUser): Verdict {
  const right = mayDo('os_compute_api:servers:update', user);
  if (!right.allowed) return right;
  if (server.locked && !user.isAdmin) return no(lockedReason(server));
  return yes;
}

/** A screen and a serial line are there while it has power. */
export function mayOpenConsole(server: ServerView, user: CurrentUser): Verdict {
  const right = mayDo('os_compute_api:os-remote-consoles', user);
  if (!right.allowed) return right;
  return hasConsole(server) ? yes : no(t('machines:reason.noConsole'));
}
