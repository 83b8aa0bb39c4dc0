import type { Database } from '../database/database.ts';
import * as volumeTypes from '../database/migrations/0039-volume-types.ts';
import type { EventService } from '../events/event.service.ts';
import { defineModule } from '../module.ts';
import type { KnownProjects, QuotaService } from '../quota/quota.service.ts';
import { DefaultTypes } from './default-type.resource.ts';
import { groupTypeResource } from './group-type.resource.ts';
import { QosSpecsService } from './qos-specs.service.ts';
import { VOLUME_RULES } from './volume.policy.ts';
import { VOLUME_QUOTAS } from './volume.quotas.ts';
import { volumeDefinitions } from './volume.routes.ts';
import type { VolumeFactParts } from './volume-facts.routes.ts';
import { VolumeTypeService } from './volume-type.service.ts';

interface Needs extends VolumeFactParts {
  database: Database;
  events: EventService;
  quota: QuotaService;
  identity: KnownProjects;
}

export const volumeModule = defineModule({
  name: 'volume',
  migrations: { '0039-volume-types': volumeTypes },
  rules: VOLUME_RULES,
  quotas: VOLUME_QUOTAS,
  make: (parts: Needs) => {
    const { database, events, quota, identity } = parts;
    const types = new VolumeTypeService({ database, events, quota });
    const defaults = new DefaultTypes({ database, events, identity, types });
    const qosSpecs = new QosSpecsService({ database, events, types });
    return { volumes: { types, defaults, qosSpecs, groupTypes: groupTypeResource({ database, events }) } };
  },
  routes: volumeDefinitions,
});
