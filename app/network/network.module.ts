import type { Database } from '../database/database.ts';
import * as networkAttributes from '../database/migrations/0031-network-attributes.ts';
import * as portCards from '../database/migrations/0050-port-cards.ts';
import type { EventService } from '../events/event.service.ts';
import { defineModule } from '../module.ts';
import type { QuotaService } from '../quota/quota.service.ts';
import { makeNetworkParts } from './network.parts.ts';
import { NETWORK_RULES } from './network.policy.ts';
import { NETWORK_QUOTAS } from './network.quotas.ts';
import { networkRoutes } from './network.routes.ts';
import type { NetworkHosts } from './network-facts.routes.ts';

interface Needs {
  database: Database;
  events: EventService;
  quota: QuotaService;
  identity: { adminProject(): Promise<{ id: string }> };
  scheduler: NetworkHosts;
}

export const networkModule = defineModule({
  name: 'network',
  migrations: { '0031-network-attributes': networkAttributes, '0050-port-cards': portCards },
  rules: NETWORK_RULES,
  quotas: NETWORK_QUOTAS,
  make: ({ database, events, quota }: Needs) => {
    const parts = makeNetworkParts({ database, events, quota });
    return { networkParts: parts, networks: parts.service };
  },
  routes: ({ database, networkParts, quota, scheduler }) => [
    networkRoutes({ database, parts: networkParts, quotas: quota, hosts: scheduler }),
  ],
  prepare: async ({ networks, identity }) => await networks.bootstrap((await identity.adminProject()).id),
});
