import type { TokenBody } from '../../contract/openstack.ts';
import { serviceCatalog } from '../catalog/catalog.ts';
import type { ResolvedToken } from './token.service.ts';

/** A token's body as Keystone answers it. `catalogFor` is the caller's origin, or null for `?nocatalog`. */
export function toTokenBody(resolved: ResolvedToken, catalogFor: string | null): TokenBody {
  const { record, user, userDomain, project, domain, roles } = resolved;
  const token: TokenBody['token'] & Record<string, unknown> = {
    methods: record.methods,
    user: {
      id: user.id,
      name: user.name,
      domain: { id: userDomain.id, name: userDomain.name },
      password_expires_at: null,
    },
    audit_ids: record.auditIds,
    expires_at: microseconds(record.expiresAt),
    issued_at: microseconds(record.issuedAt),
  };
  if (project && domain) {
    token.project = { id: project.id, name: project.name, domain: { id: domain.id, name: domain.name } };
    token.is_domain = project.is_domain;
  } else if (domain) {
    token.domain = { id: domain.id, name: domain.name };
  }
  if (record.scope.type === 'system') token.system = { all: true };
  if (record.scope.type !== 'unscoped') {
    token.roles = roles;
    if (catalogFor !== null) token.catalog = serviceCatalog(catalogFor);
  }
  return { token };
}

/** Keystone's times have six digits after the second. */
function microseconds(time: string): string {
  return time.replace(/Z$/, '000Z');
}
