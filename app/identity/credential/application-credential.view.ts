import { linkTo } from '../identity.view.ts';
import { microseconds } from '../identity-time.ts';
import type { ShownApplicationCredential } from './application-credential.service.ts';
import type { AccessRuleRecord } from './credential.tables.ts';

/** As Keystone answers it; `origin` is the caller's. */
export function toApplicationCredentialView(record: ShownApplicationCredential, origin: string) {
  const { id, name, description, user_id, project_id, unrestricted, roles, accessRules, secret } = record;
  return {
    id,
    name,
    description,
    user_id,
    project_id,
    unrestricted,
    // Without a zone, unlike all other times.
    expires_at: record.expires_at === null ? null : microseconds(record.expires_at).replace('Z', ''),
    roles: roles.map((role) => ({
      id: role.id,
      name: role.name,
      domain_id: role.domain_id,
      description: role.description,
      options: role.options,
    })),
    ...(accessRules.length > 0 && { access_rules: accessRules.map(toRuleBody) }),
    ...(secret !== undefined && { secret }),
    links: linkTo(origin, `users/${user_id}/application_credentials/${id}`),
  };
}

export function toRuleBody({ id, service, path, method }: AccessRuleRecord) {
  return { id, service, path, method };
}

export function toRuleView(rule: AccessRuleRecord, origin: string) {
  return { ...toRuleBody(rule), links: linkTo(origin, `users/${rule.user_id}/access_rules/${rule.id}`) };
}
