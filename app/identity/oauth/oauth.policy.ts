import type { RuleDefault } from '../../policy/policy.service.ts';
import { ADMIN, CHANGE, keystoneRules, ofProject, READ } from '../keystone.policy.ts';

/** Keystone's keystone/common/policies/{consumer,access_token}.py. */
export const OAUTH_RULES: readonly RuleDefault[] = [
  ...keystoneRules(READ, 'list_consumers', 'get_consumer'),
  ...keystoneRules(CHANGE, 'create_consumer', 'update_consumer', 'delete_consumer'),
  ...keystoneRules(ofProject(ADMIN), 'authorize_request_token', 'list_access_tokens', 'get_access_token'),
  ...keystoneRules(ofProject(ADMIN), 'delete_access_token', 'list_access_token_roles', 'get_access_token_role'),
];
