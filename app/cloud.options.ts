import type { Logger } from 'pino';
import type { DatabaseSettings } from './database/database.settings.ts';
import type { RequestLimits } from './http/request-limits.ts';
import type { IdentitySettings } from './identity/identity.settings.ts';
import type { HashCost } from './identity/token/password-hash.ts';

/** What modules are given beside the parts that others make. */
export interface CloudOptions {
  dataDir: string;
  controllerId: string;
  /** Of the data folder: under it this controller does tasks, and its next start as well. */
  ownerId: string;
  adminPassword: string | undefined;
  databaseSettings: DatabaseSettings | undefined;
  identitySettings: IdentitySettings | undefined;
  limits: RequestLimits;
  dashboardDir: string | undefined;
  guestBuilder: string;
  imageCatalog: string;
  /** Entry of the catalogue that a new cloud imports by itself. */
  firstImage: string | undefined;
  checkAnswers: boolean | undefined;
  hashCost: HashCost | undefined;
  log: Logger;
}
