import type { Database, Transaction } from '../database/database.ts';
import * as placement from '../database/migrations/0036-placement.ts';
import * as placementAllocations from '../database/migrations/0037-placement-allocations.ts';
import type { EventService } from '../events/event.service.ts';
import { defineModule } from '../module.ts';
import { AllocationRepository, type Servers } from './allocation.repository.ts';
import { AllocationService } from './allocation.service.ts';
import { InventoryService } from './inventory.service.ts';
import { PLACEMENT_RULES } from './placement.policy.ts';
import { placementDefinitions } from './placement.routes.ts';
import { type Hosts, ProviderRepository } from './provider.repository.ts';
import { ProviderService } from './provider.service.ts';
import { Vocabulary } from './vocabulary.service.ts';

interface Needs {
  database: Database;
  events: EventService;
  scheduler: {
    stocks: Hosts;
    control: { onForget(hook: (trx: Transaction, hostId: string) => Promise<void>): void };
  };
  compute: {
    hostUuid(hostId: string): string;
    owners: Servers;
    eligibility: { traitsFrom(known: () => Promise<ReadonlyMap<string, readonly string[]>>): void };
  };
}

export const placementModule = defineModule({
  name: 'placement',
  migrations: { '0036-placement': placement, '0037-placement-allocations': placementAllocations },
  rules: PLACEMENT_RULES,
  make: ({ database, events, scheduler, compute }: Needs) => {
    const { stocks: hosts, control } = scheduler;
    const known = new ProviderRepository({ database, hosts, hostUuid: compute.hostUuid });
    const vocabulary = new Vocabulary({ database });
    const providers = new ProviderService({ database, events, repository: known, vocabulary });
    compute.eligibility.traitsFrom(() => known.traitsOfHosts());
    control.onForget((trx, hostId) => providers.forgetHost(trx, hostId));
    const repository = new AllocationRepository({ database, providers: known, hosts, servers: compute.owners });
    return {
      placement: {
        database,
        providers,
        vocabulary,
        inventories: new InventoryService({ providers, vocabulary }),
        allocations: new AllocationService({ database, events, repository, providers, vocabulary }),
      },
    };
  },
  routes: placementDefinitions,
});
