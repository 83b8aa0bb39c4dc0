import type { Database } from '../database/database.ts';
import * as userQuota from '../database/migrations/0008-user-quota.ts';
import type { EventService } from '../events/event.service.ts';
import { defineModule } from '../module.ts';
import type { QuotaDefaults } from './quota.limits.ts';
import { QUOTA_RULES } from './quota.policy.ts';
import { quotaRoutes } from './quota.routes.ts';
import { type KnownProjects, QuotaService } from './quota.service.ts';

interface Needs {
  database: Database;
  events: EventService;
  identity: KnownProjects;
  /** Of all modules. */
  quotas: QuotaDefaults;
}

export const quotaModule = defineModule({
  name: 'quota',
  migrations: { '0008-user-quota': userQuota },
  rules: QUOTA_RULES,
  make: ({ database, events, identity, quotas }: Needs) => ({
    quota: new QuotaService({ database, events, defaults: quotas, projects: identity }),
  }),
  v1: ({ quota, quotas }) => quotaRoutes(quota, quotas),
});
