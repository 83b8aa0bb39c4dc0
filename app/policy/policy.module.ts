import type { Logger } from 'pino';
import { defineModule } from '../module.ts';
import { ADMIN, BASE_RULES, cloudRules, rules } from './base.policy.ts';
import { policyRoutes } from './policy.routes.ts';
import { PolicyService, type RuleDefault } from './policy.service.ts';
import { PolicyFile } from './policy-file.ts';

interface Needs {
  dataDir: string;
  /** Of all modules. */
  rules: readonly RuleDefault[];
  log: Logger;
}

export const policyModule = defineModule({
  name: 'policy',
  rules: [...BASE_RULES, ...rules({ check: '@' }, ['v1:rights:show']), ...cloudRules(ADMIN, ['v1:policy:show'])],
  make: async ({ dataDir, rules, log }: Needs) => {
    const policy = new PolicyService(rules);
    return { policy, policyFile: await PolicyFile.follow(policy, dataDir, log) };
  },
  v1: (parts) => policyRoutes(parts),
  close: ({ policyFile }) => policyFile.close(),
});
