import type { Database } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import { defineModule } from '../module.ts';
import type { QuotaService } from '../quota/quota.service.ts';
import { NETWORK_RULES } from './network.policy.ts';
import { NETWORK_QUOTAS } from './network.quotas.ts';
import { NetworkRepository } from './network.repository.ts';
import { networkRoutes } from './network.routes.ts';
import { NetworkService } from './network.service.ts';
import { PortService } from './port.service.ts';

interface Needs {
  database: Database;
  events: EventService;
  quota: QuotaService;
  identity: { adminProject(): Promise<{ id: string }> };
  scheduler: { nameOf(hostId: string): string };
}

export const networkModule = defineModule({
  name: 'network',
  rules: NETWORK_RULES,
  quotas: NETWORK_QUOTAS,
  make: ({ database, events, quota }: Needs) => {
    const repository = new NetworkRepository(database);
    const ports = new PortService({ database, repository, events });
    const networks = new NetworkService({ database, repository, ports, events });
    quota.register(['ports'], async (query, { projectId }) => ({ ports: await networks.countPorts(query, projectId) }));
    return { networks, ports };
  },
  routes: ({ database, networks, ports, quota, scheduler }) => [
    networkRoutes({ database, networks, ports, quotas: quota, hostName: (hostId) => scheduler.nameOf(hostId) }),
  ],
  prepare: async ({ networks, identity }) => await networks.bootstrap((await identity.adminProject()).id),
});
