import type { RuleDefault } from '../../policy/policy.service.ts';

export const ASSIGNMENT_RULES: readonly RuleDefault[] = ['list_roles', 'get_role'].map((name) => ({
  name: `identity:${name}`,
  check: '',
}));
