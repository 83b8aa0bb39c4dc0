import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import * as directory from '../database/migrations/0002-directory.ts';
import * as assignment from '../database/migrations/0003-assignment.ts';
import * as credential from '../database/migrations/0004-credential.ts';
import * as catalog from '../database/migrations/0005-catalog.ts';
import * as federation from '../database/migrations/0006-federation.ts';
import * as directoryServer from '../database/migrations/0009-directory-server.ts';
import * as oauth from '../database/migrations/0012-oauth.ts';
import * as keptLimits from '../database/migrations/0014-kept-limits.ts';
import * as passwordOrder from '../database/migrations/0024-password-order.ts';
import type { EventService } from '../events/event.service.ts';
import { defineModule } from '../module.ts';
import { ADMIN, cloudRules } from '../policy/base.policy.ts';
import { housekeeping } from '../tasks/task.definition.ts';
import { Administrator } from './administrator.ts';
import { CredentialCipher } from './credential/credential-cipher.ts';
import { oidcSignInRoutes } from './federation/oidc.routes.ts';
import { IDENTITY_RULES } from './identity.policy.ts';
import { identityRoutes } from './identity.routes.ts';
import { IdentityService } from './identity.service.ts';
import { DEFAULT_IDENTITY_SETTINGS, type IdentitySettings } from './identity.settings.ts';
import { ldapRoutes } from './ldap/ldap.routes.ts';
import type { HashCost } from './token/password-hash.ts';
import { signInCodeRoutes } from './token/sign-in-code.routes.ts';

interface Given {
  identitySettings: IdentitySettings | undefined;
  /** For tests: a cheaper hash. */
  hashCost: HashCost | undefined;
  adminPassword: string | undefined;
}
declare module '../cloud.options.ts' {
  interface CloudOptions extends Given {}
}

interface Needs extends Given {
  dataDir: string;
  database: Database;
  events: EventService;
  log: Logger;
}

export const identityModule = defineModule({
  name: 'identity',
  migrations: {
    '0002-directory': directory,
    '0003-assignment': assignment,
    '0004-credential': credential,
    '0005-catalog': catalog,
    '0006-federation': federation,
    '0009-directory-server': directoryServer,
    '0012-oauth': oauth,
    '0014-kept-limits': keptLimits,
    '0024-password-order': passwordOrder,
  },
  rules: [...IDENTITY_RULES, ...cloudRules(ADMIN, ['v1:sign_in_codes:create'])],
  make: async ({ dataDir, database, events, identitySettings, hashCost, adminPassword, log }: Needs) => {
    const identity = new IdentityService({
      ...{ database, events, hashCost, log },
      cipher: await CredentialCipher.open(dataDir),
      settings: identitySettings ?? DEFAULT_IDENTITY_SETTINGS,
    });
    return { identity, administrator: new Administrator({ identity, dataDir, given: adminPassword }) };
  },
  tasks: ({ identity }) => [
    housekeeping('identity.prune', '10 min', () => identity.tokens.prune()),
    housekeeping('identity.read-ldap', '5 min', () => identity.ldap.readAll()),
  ],
  routes: ({ identity }) => [identityRoutes({ identity })],
  v1: ({ identity }) => [...signInCodeRoutes(identity), ...oidcSignInRoutes(identity), ...ldapRoutes(identity)],
  prepare: ({ administrator }) => administrator.start(),
  close: ({ identity }) => identity.close(),
});
