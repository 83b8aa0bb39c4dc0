import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import * as unclaimed from '../database/migrations/0018-unclaimed.ts';
import type { EventService } from '../events/event.service.ts';
import type { LeftoverService } from '../leftover/leftover.service.ts';
import { defineModule } from '../module.ts';
import { ADMIN, cloudRules } from '../policy/base.policy.ts';
import { DataGeneration } from './data-generation.ts';
import { UnclaimedRegister } from './unclaimed.register.ts';
import { unclaimedRoutes } from './unclaimed.routes.ts';
import { type UnclaimedParts, UnclaimedService } from './unclaimed.service.ts';

interface Needs {
  dataDir: string;
  database: Database;
  events: EventService;
  leftovers: LeftoverService;
  log: Logger;
  /** What is made later. */
  compute: { adoption: UnclaimedParts['machines']; removal: UnclaimedParts['removal'] };
  images: { adoption: UnclaimedParts['images'] };
  identity: UnclaimedParts['projects'];
  scheduler: UnclaimedParts['hosts'];
}

export const unclaimedModule = defineModule({
  name: 'unclaimed',
  migrations: { '0018-unclaimed': unclaimed },
  rules: cloudRules(ADMIN, ['v1:unclaimed:adopt', 'v1:unclaimed:list', 'v1:unclaimed:remove']),
  make: async (parts: Needs) => {
    const { dataDir, database, events, leftovers, log } = parts;
    // Before anything is added to the database.
    const generation = await DataGeneration.open({ dataDir, database, events, log });
    const register = new UnclaimedRegister({ database, events });
    const unclaimed = new UnclaimedService({
      ...{ database, events, leftovers, register, generation },
      machines: { adopt: (...thing) => parts.compute.adoption.adopt(...thing) },
      images: {
        adopt: (...thing) => parts.images.adoption.adopt(...thing),
        remove: (name) => parts.images.adoption.remove(name),
      },
      removal: { removeOne: (...leftover) => parts.compute.removal.removeOne(...leftover) },
      projects: { hasProject: (...project) => parts.identity.hasProject(...project) },
      hosts: { nameOf: (id) => parts.scheduler.nameOf(id) },
    });
    return { generation, register, unclaimed };
  },
  v1: ({ unclaimed }) => unclaimedRoutes(unclaimed),
  close: ({ generation }) => generation.close(),
});
