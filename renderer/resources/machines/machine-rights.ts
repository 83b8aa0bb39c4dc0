import type { ServerView } from '../../../app/contract/openstack.ts';
import type { CurrentUser } from '../../api/session.ts';
import { no, type Verdict, yes } from '../../design/verdict.ts';
import { t } from '../../i18n/i18n.ts';
import { mayDo } from '../../session/rights.ts';
import { describeMachineState, hasConsole, statusLabel } from './machine-state.ts';

export interface AllowedStates {
  /** Nova's `vm_state`s. */
  vm: readonly string[];
  /** Changes under way that do not stand in the way. */
  tasks?: readonly string[];
  /** Said instead of "not while it is ...", where there is something better to say. */
  reason?: string;
}

/** Whether this person may change this machine at all. */
export function mayChange(server: ServerView, user: CurrentUser): Verdict {
  const right = mayDo('os_compute_api:servers:update', user);
  if (!right.allowed) return right;
  if (server.locked && !user.isAdmin) return no(t('machines:reason.locked'));
  return yes;
}

/** As the controller decides it, so that nothing is offered that it would refuse. */
export function mayUsePower(server: ServerView, user: CurrentUser, allowed: AllowedStates): Verdict {
  const right = mayChange(server, user);
  if (!right.allowed) return right;
  const task = server['OS-EXT-STS:task_state'];
  if (task && !allowed.tasks?.includes(task)) {
    return no(t('machines:reason.busy', { state: describeMachineState(server).label }));
  }
  if (server['OS-SRV-USG:launched_at'] === null) return no(t('machines:reason.neverRan'));
  if (!allowed.vm.includes(server['OS-EXT-STS:vm_state'])) {
    return no(allowed.reason ?? t('machines:reason.state', { state: statusLabel(server.status) }));
  }
  return yes;
}

/** A screen and a serial line are there while it has power. */
export function mayOpenConsole(server: ServerView, user: CurrentUser): Verdict {
  const right = mayDo('os_compute_api:os-remote-consoles', user);
  if (!right.allowed) return right;
  return hasConsole(server) ? yes : no(t('machines:reason.noConsole'));
}
