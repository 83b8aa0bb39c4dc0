import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import * as ec2Ids from '../database/migrations/0047-ec2-ids.ts';
import type { Bus } from '../messaging/bus.ts';
import { defineModule } from '../module.ts';
import { Ec2Ids } from './ec2-ids.ts';
import { type Guests, MetadataService } from './metadata.service.ts';
import { DEFAULT_METADATA_SETTINGS, type MetadataSettings } from './metadata.settings.ts';
import { VendorData } from './vendor-data.ts';

interface Given {
  metadataSettings: MetadataSettings | undefined;
}
declare module '../cloud.options.ts' {
  interface CloudOptions extends Given {}
}

interface Needs extends Given {
  database: Database;
  bus: Bus;
  log: Logger;
  /** Made later. */
  compute: { guests: Guests };
}

export const metadataModule = defineModule({
  name: 'metadata',
  migrations: { '0047-ec2-ids': ec2Ids },
  make: ({ database, metadataSettings, log }: Needs) => ({
    ec2Ids: new Ec2Ids(database),
    vendorData: new VendorData({ settings: metadataSettings ?? DEFAULT_METADATA_SETTINGS, log }),
  }),
  prepare: async ({ bus, compute, vendorData }) =>
    new MetadataService({ bus, guests: compute.guests, vendor: vendorData }).listen(),
});
