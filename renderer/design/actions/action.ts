import type { Icon } from '@tabler/icons-react';
import type { CurrentUser } from '../../api/session.ts';
import type { Confirmation } from '../dialogs/confirm.store.ts';
import type { Verdict } from '../verdict.ts';

/**
 * One thing a person can do to one kind of resource, as data: lists, detail pages, context menus and the palette are
 * made of these. One action, one file.
 */
export interface Action<T extends { id: string }> {
  /** `<resource>.<verb>`; with the thing's id it is the identity of a running action. */
  id: string;
  label: () => string;
  icon: Icon;
  isDangerous?: boolean;
  /** Entries of one group stand together, a line between groups. */
  group?: string;
  /** Above the list as a button, in the menu beside those, or for one thing only. */
  bulk?: 'button' | 'menu' | 'none';
  can: (thing: T, user: CurrentUser) => Verdict;
  /** False leaves it out of the thing's menu: what only a rare state allows would be one more reason to read. */
  isMeantFor?: (thing: T) => boolean;
  /** Asked once for all chosen things, before `run`; null asks nothing. */
  confirm?: (things: T[]) => Confirmation | null;
  /** Makes the call, or opens a dialog. Rejections are shown to the person. */
  run: (thing: T) => unknown;
  /** Instead of `run` for each, where one dialog or call serves all. */
  runAll?: (things: T[]) => unknown;
}

/** Whether it is offered for a choice of several. */
export function isForSeveral(action: Pick<Action<never>, 'bulk'>): boolean {
  return action.bulk === 'button' || action.bulk === 'menu';
}

/** What can be done at all to these; the reason of the first refusal where none may. */
export function allowedThings<T extends { id: string }>(
  action: Action<T>,
  things: readonly T[],
  user: CurrentUser,
): { things: T[]; reason: string | null } {
  const allowed: T[] = [];
  let reason: string | null = null;
  for (const thing of things) {
    const verdict = action.can(thing, user);
    if (verdict.allowed) allowed.push(thing);
    else reason ??= verdict.reason;
  }
  return { things: allowed, reason: allowed.length > 0 ? null : reason };
}
