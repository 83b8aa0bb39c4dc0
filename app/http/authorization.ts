import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { Access } from './route.ts';

/** What a role implies, as Keystone bootstraps it: admin > manager > member > reader. */
const ROLES_FOR: Record<'reader' | 'member', readonly string[]> = {
  reader: ['reader', 'member', 'manager', 'admin'],
  member: ['member', 'manager', 'admin'],
};

export function anonymousContext(requestId: string): Context {
  return { requestId, userId: null, userName: null, projectId: null, domainId: null, roles: [], isAdmin: false };
}

/** For what the controller does on its own behalf, such as start-up. */
export function systemContext(requestId = 'req-00000000-0000-0000-0000-000000000000'): Context {
  return { ...anonymousContext(requestId), isAdmin: true, roles: ['admin'] };
}

/** 401 without a valid token, 403 where the token's roles do not reach; `rule` is named as OpenStack names it. */
export function authorize(context: Context, access: Access, rule: string): void {
  if (access === 'public') return;
  if (context.userId === null) {
    throw new UserError('unauthorized', 'The request you have made requires authentication.');
  }
  if (access === 'authenticated') return;
  const allowed =
    access === 'admin'
      ? context.isAdmin
      : context.isAdmin || context.roles.some((role) => ROLES_FOR[access].includes(role));
  if (!allowed) throw new UserError('forbidden', `Policy doesn't allow ${rule} to be performed.`);
}

/** The project a tenant's request acts in; 403 with an unscoped token. */
export function requireProject(context: Context): string {
  if (context.projectId === null) {
    throw new UserError('forbidden', 'This needs a token scoped to a project.', {
      hint: 'Sign in again with a project.',
    });
  }
  return context.projectId;
}
