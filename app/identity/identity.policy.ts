import type { RuleDefault } from '../policy/policy.service.ts';
import { ASSIGNMENT_RULES } from './assignment/assignment.policy.ts';
import { CATALOG_RULES } from './catalog/catalog.policy.ts';
import { CREDENTIAL_RULES } from './credential/credential.policy.ts';
import { DIRECTORY_RULES } from './directory/directory.policy.ts';
import { FEDERATION_RULES } from './federation/federation.policy.ts';
import { LIMIT_RULES } from './limit/limit.policy.ts';
import { OAUTH_RULES } from './oauth/oauth.policy.ts';
import { TOKEN_RULES } from './token/token.policy.ts';

/** What Keystone's rules are made of, named as there; its secure defaults with personas of system, domain, project. */
const KEYSTONE_BASE: readonly RuleDefault[] = [
  { name: 'admin_required', check: 'role:admin' },
  { name: 'service_role', check: 'role:service' },
  { name: 'service_or_admin', check: 'rule:admin_required or rule:service_role' },
  { name: 'owner', check: 'user_id:%(user_id)s' },
  { name: 'admin_or_owner', check: 'rule:admin_required or rule:owner' },
  { name: 'token_subject', check: 'user_id:%(target.token.user_id)s' },
  { name: 'admin_or_token_subject', check: 'rule:admin_required or rule:token_subject' },
  { name: 'service_admin_or_token_subject', check: 'rule:service_or_admin or rule:token_subject' },
  {
    name: 'domain_managed_target_role',
    check: "'manager':%(target.role.name)s or 'member':%(target.role.name)s or 'reader':%(target.role.name)s",
  },
];

export const IDENTITY_RULES: readonly RuleDefault[] = [
  ...KEYSTONE_BASE,
  ...DIRECTORY_RULES,
  ...CATALOG_RULES,
  ...LIMIT_RULES,
  ...OAUTH_RULES,
  ...ASSIGNMENT_RULES,
  ...TOKEN_RULES,
  ...FEDERATION_RULES,
  ...CREDENTIAL_RULES,
];
