import type { Database } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import type { QuotaService } from '../quota/quota.service.ts';
import { NetworkRepository } from './network.repository.ts';
import { networkResource } from './network.resource.ts';
import { NetworkService } from './network.service.ts';
import { PortService, portResource } from './port.service.ts';
import { subnetResource } from './subnet.resource.ts';

/** What the network service is made of. */
export function makeNetworkParts(needs: { database: Database; events: EventService; quota: QuotaService }) {
  const { database, quota } = needs;
  const repository = new NetworkRepository(database);
  const subnets = subnetResource({ ...needs, repository });
  const networks = networkResource({ ...needs, repository, subnets });
  const records = portResource(needs);
  const ports = new PortService({ database, repository, records });
  // Not the kit's own count: ports of machines are bounded by the limit on machines, and only asked ones are refused.
  quota.register(['ports'], async (query, { projectId }) => ({
    ports: await records.store.count({ is: { project_id: projectId } }, query),
  }));
  return {
    repository,
    networks,
    subnets,
    ports,
    service: new NetworkService({ database, repository, networks, subnets, ports, quota }),
  };
}
export type NetworkParts = ReturnType<typeof makeNetworkParts>;
