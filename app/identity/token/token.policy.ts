import type { RuleDefault } from '../../policy/policy.service.ts';
import { ADMIN, ADMIN_OR_SYSTEM_READER, ANYONE, keystoneRules, ofAnyToken, ofCloud } from '../keystone.policy.ts';

const SUBJECT = 'rule:token_subject';

/** Keystone's own. */
export const TOKEN_RULES: readonly RuleDefault[] = [
  ...keystoneRules(ofAnyToken(`${ADMIN_OR_SYSTEM_READER} or ${SUBJECT}`), 'check_token'),
  ...keystoneRules(ofAnyToken(`${ADMIN_OR_SYSTEM_READER} or rule:service_role or ${SUBJECT}`), 'validate_token'),
  ...keystoneRules(ofAnyToken(`${ADMIN} or ${SUBJECT}`), 'revoke_token'),
  ...keystoneRules(ofCloud('rule:service_or_admin'), 'list_revoke_events', 'revocation_list'),
  ...keystoneRules(ANYONE, 'get_auth_catalog', 'get_auth_projects', 'get_auth_domains', 'get_auth_system'),
];
