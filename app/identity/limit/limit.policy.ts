import type { RuleDefault } from '../../policy/policy.service.ts';
import { ADMIN_OR_SYSTEM_READER, ANYONE, CHANGE, keystoneRules, ofAnyToken } from '../keystone.policy.ts';

const READS_OWN =
  `${ADMIN_OR_SYSTEM_READER} or ` +
  '(domain_id:%(target.limit.domain.id)s or domain_id:%(target.limit.project.domain_id)s) or ' +
  '(project_id:%(target.limit.project_id)s and not None:%(target.limit.project_id)s)';

/** Keystone's keystone/common/policies/{registered_limit,limit}.py. */
export const LIMIT_RULES: readonly RuleDefault[] = [
  ...keystoneRules(ANYONE, 'list_registered_limits', 'get_registered_limit', 'list_limits', 'get_limit_model'),
  ...keystoneRules(ofAnyToken(READS_OWN), 'get_limit'),
  ...keystoneRules(CHANGE, 'create_registered_limits', 'update_registered_limit', 'delete_registered_limit'),
  ...keystoneRules(CHANGE, 'create_limits', 'update_limit', 'delete_limit'),
];
