import type { Context } from '../../contract/context.ts';
import { delegationsOf } from '../credential/delegation.ts';
import type { ResolvedToken } from './token.resolver.ts';

/** What the services get to know of who asks. */
export function toContext(resolved: ResolvedToken, requestId: string): Context {
  const { user, project, roles, record } = resolved;
  return {
    requestId,
    userId: user.id,
    userName: user.name,
    userDomainId: user.domain_id,
    projectId: project?.id ?? null,
    projectDomainId: project ? (project.domain_id ?? project.id) : null,
    domainId: record.scope.type === 'domain' ? record.scope.id : null,
    systemScope: record.scope.type === 'system',
    roles: roles.map(({ name }) => name),
    // For policy to say: the edge fills it in.
    isAdmin: false,
    session: record.hash,
    delegations: delegationsOf(resolved),
  };
}
