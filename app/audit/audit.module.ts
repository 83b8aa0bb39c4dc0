import type { Database } from '../database/database.ts';
import * as audit from '../database/migrations/0007-audit.ts';
import { defineModule } from '../module.ts';
import type { PolicyService } from '../policy/policy.service.ts';
import { housekeeping } from '../tasks/task.definition.ts';
import { AUDIT_RULES } from './audit.policy.ts';
import { AuditRepository } from './audit.repository.ts';
import { auditRoutes } from './audit.routes.ts';
import { AuditService } from './audit.service.ts';

interface Needs {
  database: Database;
  policy: PolicyService;
}

export const auditModule = defineModule({
  name: 'audit',
  migrations: { '0007-audit': audit },
  rules: AUDIT_RULES,
  make: ({ database, policy }: Needs) => ({
    audit: new AuditService({ database, policy, repository: new AuditRepository(database) }),
  }),
  tasks: ({ audit }) => [housekeeping('audit.prune', '1 d', () => audit.prune())],
  v1: ({ audit }) => auditRoutes(audit),
});
