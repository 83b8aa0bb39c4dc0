import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import * as metadefs from '../database/migrations/0034-metadefs.ts';
import type { EventService } from '../events/event.service.ts';
import type { LeftoverService } from '../leftover/leftover.service.ts';
import { defineModule } from '../module.ts';
import { systemContext } from '../policy/authorization.ts';
import { cloudRules, MEMBER, READER } from '../policy/base.policy.ts';
import type { QuotaService } from '../quota/quota.service.ts';
import type { TaskService } from '../tasks/task.service.ts';
import type { UnclaimedRegister } from '../unclaimed/unclaimed.register.ts';
import { IMAGE_RULES } from './image.policy.ts';
import { IMAGE_QUOTAS } from './image.quotas.ts';
import { imageRoutes } from './image.routes.ts';
import { ImageService } from './image.service.ts';
import { imageCatalogRoutes } from './image-catalog.routes.ts';
import type { ForgetCopies } from './image-record.service.ts';
import { loadMetadefs } from './metadef/default-metadefs.ts';

interface Needs {
  dataDir: string;
  database: Database;
  events: EventService;
  tasks: TaskService;
  quota: QuotaService;
  leftovers: LeftoverService;
  register: UnclaimedRegister;
  guestBuilder: string;
  imageCatalog: string;
  /** `assets/metadefs.json` */
  metadefs: string;
  /** Entry of the catalogue that a new cloud imports by itself. */
  firstImage: string | undefined;
  identity: { adminProject(): Promise<{ id: string }> };
  administrator: { isOfNewCloud: boolean };
  log: Logger;
  /** Made later. */
  compute: { forgetImage: ForgetCopies };
}

export const imageModule = defineModule({
  name: 'image',
  migrations: { '0034-metadefs': metadefs },
  rules: [
    ...IMAGE_RULES,
    ...cloudRules(READER, ['v1:image_catalog:list']),
    ...cloudRules(MEMBER, ['v1:image_catalog:import']),
  ],
  quotas: IMAGE_QUOTAS,
  make: (parts: Needs) => {
    const { dataDir, database, events, tasks, quota, leftovers, register, guestBuilder, imageCatalog, log } = parts;
    const images = new ImageService({
      ...{ dataDir, database, events, tasks, quota, leftovers, guestBuilder, log },
      unclaimed: register,
      catalogFile: imageCatalog,
      forgetCopies: (...image) => parts.compute.forgetImage(...image),
    });
    return { images };
  },
  routes: ({ images }) => [imageRoutes({ images })],
  v1: ({ images }) => imageCatalogRoutes(images),
  prepare: async ({ images, metadefs }) => {
    await images.start();
    await images.metadefs.addDefaults(() => loadMetadefs(metadefs));
  },
  start: async ({ images, administrator, identity, firstImage }) => {
    if (!administrator.isOfNewCloud) return;
    await images.importFirst({ ...systemContext(), projectId: (await identity.adminProject()).id }, firstImage);
  },
  close: ({ images }) => images.close(),
});
