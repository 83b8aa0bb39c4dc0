import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { type AuditedCommand, carryOutCommand } from './audit/audited-command.ts';
import { OperationalError } from './contract/errors.ts';
import { DataFolderLock } from './data-folder-lock.ts';
import type { DatabaseSettings } from './database/database.settings.ts';
import { Database } from './database/database.ts';
import { EventService } from './events/event.service.ts';
import { AdminPasswordFile, newAdminPassword } from './identity/administrator.ts';
import { CredentialCipher } from './identity/credential/credential-cipher.ts';
import { IdentityService } from './identity/identity.service.ts';
import { MIGRATIONS } from './modules.ts';

const COMMAND: AuditedCommand = {
  service: 'identity',
  action: 'identity:update_user',
  path: 'cumulet reset-admin-password',
  resourceName: 'admin',
};

/**
 * Gives the administrator another password, for whoever may write the data folder: it is told in the file only. The
 * administrator's tokens end; one who was disabled is let in again, one who was deleted is there again. Refused while a
 * controller runs on the folder.
 */
export async function resetAdminPassword(parts: {
  dataDir: string;
  database?: DatabaseSettings;
  log: Logger;
}): Promise<AdminPasswordFile> {
  const { dataDir, log } = parts;
  if (parts.database?.url === undefined && !existsSync(join(dataDir, 'cumulet.db'))) {
    throw new OperationalError('not_found', 'user', `There is no cloud in ${dataDir}.`, {
      hint: 'Name its folder with --data-dir.',
    });
  }
  const lock = DataFolderLock.acquire(dataDir);
  try {
    const database = await Database.open(dataDir, MIGRATIONS, parts.database);
    try {
      return await reset(dataDir, database, log);
    } finally {
      await database.close();
    }
  } finally {
    lock.release();
  }
}

async function reset(dataDir: string, database: Database, log: Logger): Promise<AdminPasswordFile> {
  const events = new EventService(database);
  const identity = new IdentityService({ cipher: await CredentialCipher.open(dataDir), database, events, log });
  const file = new AdminPasswordFile(dataDir);
  const password = newAdminPassword();
  await file.write(password);
  await carryOutCommand(database, COMMAND, () => identity.resetAdministrator(password));
  return file;
}
