import type { RuleDefault } from '../../policy/policy.service.ts';
import { CHANGE, keystoneRules, READ } from '../keystone.policy.ts';

/** Keystone's keystone/common/policies/{identity_provider,protocol,mapping,service_provider}.py. */
export const FEDERATION_RULES: readonly RuleDefault[] = [
  'identity_provider',
  'protocol',
  'mapping',
  'service_provider',
].flatMap((thing) => [
  ...keystoneRules(CHANGE, `create_${thing}`, `update_${thing}`, `delete_${thing}`),
  ...keystoneRules(READ, `get_${thing}`, `list_${thing}s`),
]);
