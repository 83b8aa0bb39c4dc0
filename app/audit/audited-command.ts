import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import type { Database } from '../database/database.ts';
import { AuditRepository } from './audit.repository.ts';
import { auditedRequest, type NewAuditRecord } from './audited-request.ts';
import { storeRecordsWithChanges } from './stored-with-change.ts';

/** What a command did, in the words of the trail. */
export type AuditedCommand = Pick<NewAuditRecord, 'service' | 'action' | 'path' | 'resourceName'>;

/**
 * Carries out what somebody who may write the data folder does there by a command, while no controller runs: the record is
 * stored with the change, under the name the computer knows them by.
 */
export async function carryOutCommand<T>(
  database: Database,
  command: AuditedCommand,
  work: () => Promise<T>,
): Promise<T> {
  storeRecordsWithChanges(database, new AuditRepository(database));
  const record = (): NewAuditRecord => ({
    ...command,
    requestId: `req-${randomUUID()}`,
    method: 'POST',
    userId: null,
    userName: userInfo().username,
    projectId: null,
    domainId: null,
    address: 'this computer',
    userAgent: null,
    status: 204,
    reason: null,
    resourceId: null,
  });
  return await auditedRequest.run({ record, stored: undefined, isOver: false, isUnfinished: false }, work);
}
