import { ANYONE, MEMBER, READER, rules } from '../policy/base.policy.ts';
import type { RuleDefault } from '../policy/policy.service.ts';

/** Neutron's rules with its secure defaults. */
export const NETWORK_RULES: readonly RuleDefault[] = [
  ...rules(ANYONE, ['get_extension', 'get_extensions']),
  ...rules(READER, ['get_network', 'get_port', 'get_quota', 'get_subnet']),
  ...rules(MEMBER, ['create_port', 'delete_port', 'update_port']),
];
