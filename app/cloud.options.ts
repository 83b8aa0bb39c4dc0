import type { Logger } from 'pino';
import type { DatabaseSettings } from './database/database.settings.ts';
import type { RequestLimits } from './http/request-limits.ts';

/** What modules are given beside the parts that others make. A service adds what only it knows, as it does its tables. */
export interface CloudOptions {
  dataDir: string;
  controllerId: string;
  /** Of the data folder: under it this controller does tasks, and its next start as well. */
  ownerId: string;
  databaseSettings: DatabaseSettings | undefined;
  limits: RequestLimits;
  dashboardDir: string | undefined;
  guestBuilder: string;
  imageCatalog: string;
  /** The metadata definitions that a new cloud has. */
  metadefs: string;
  /** Entry of the catalogue that a new cloud imports by itself. */
  firstImage: string | undefined;
  checkAnswers: boolean | undefined;
  log: Logger;
}
