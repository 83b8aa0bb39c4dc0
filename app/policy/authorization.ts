import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';

export function anonymousContext(requestId: string): Context {
  return {
    requestId,
    userId: null,
    userName: null,
    userDomainId: null,
    projectId: null,
    projectDomainId: null,
    domainId: null,
    systemScope: false,
    roles: [],
    isAdmin: false,
  };
}

/** For what the controller does on its own behalf, such as start-up. */
export function systemContext(requestId = 'req-00000000-0000-0000-0000-000000000000'): Context {
  return { ...anonymousContext(requestId), isAdmin: true, roles: ['admin'] };
}

/** All things, with the right to that, else those of the project: for lists. */
export function visibleTo(
  { context, allows }: { context: Context; allows: (rule: string) => boolean },
  rule: string,
): 'all' | string | null {
  return allows(rule) ? 'all' : context.projectId;
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
