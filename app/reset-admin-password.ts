import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { AdminPasswordFile, newAdminPassword } from './admin-password.ts';
import { AuditRepository } from './audit/audit.repository.ts';
import { AuditService } from './audit/audit.service.ts';
import { type AuditedRequest, auditedRequest, type NewAuditRecord } from './audit/audited-request.ts';
import { OperationalError } from './contract/errors.ts';
import { DataFolderLock } from './data-folder-lock.ts';
import { Database } from './database/database.ts';
import { DEFAULT_RULES } from './default-rules.ts';
import { EventService } from './events/event.service.ts';
import { CredentialCipher } from './identity/credential/credential-cipher.ts';
import { IdentityService } from './identity/identity.service.ts';
import { PolicyService } from './policy/policy.service.ts';

/**
 * Gives the administrator another password, for whoever may write the data folder: it is told in the file only. The
 * administrator's tokens end; one who was disabled is let in again, one who was deleted is there again. Refused while a
 * controller runs on the folder.
 */
export async function resetAdminPassword(dataDir: string, log: Logger): Promise<AdminPasswordFile> {
  if (!existsSync(join(dataDir, 'cumulet.db'))) {
    throw new OperationalError('not_found', 'user', `There is no cloud in ${dataDir}.`, {
      hint: 'Name its folder with --data-dir.',
    });
  }
  const lock = DataFolderLock.acquire(dataDir);
  try {
    const database = await Database.open(dataDir);
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
  // Stores the record below with the change.
  new AuditService({ database, repository: new AuditRepository(database), policy: new PolicyService(DEFAULT_RULES) });
  const file = new AdminPasswordFile(dataDir);
  const password = newAdminPassword();
  await file.write(password);
  const audited: AuditedRequest = { record: () => recordOf(userInfo().username), stored: undefined, isOver: false };
  await auditedRequest.run(audited, () => identity.resetAdministrator(password));
  return file;
}

function recordOf(user_name: string): NewAuditRecord {
  return {
    request_id: `req-${randomUUID()}`,
    service: 'identity',
    action: 'identity:update_user',
    method: 'POST',
    path: 'cumulet reset-admin-password',
    user_id: null,
    user_name,
    project_id: null,
    domain_id: null,
    address: 'this computer',
    user_agent: null,
    status: 204,
    reason: null,
    resource_id: null,
    resource_name: 'admin',
  };
}
