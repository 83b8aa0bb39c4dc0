import type { Database, Transaction } from '../database/database.ts';
import type { AuditRepository } from './audit.repository.ts';
import { asUnavailable } from './audit-trouble.ts';
import { auditedRequest, type NewAuditRecord } from './audited-request.ts';

/** What a record says of a request whose answer is still to come, and for good where the controller ends before it. */
const UNFINISHED = { status: 500, reason: 'It has not come to its end.' } satisfies Partial<NewAuditRecord>;

/**
 * From now on the record of a request is stored in the transaction of the first change it makes, and again in that of the
 * one that finishes it where the first did not: change and record are kept together or not at all.
 */
export function storeRecordsWithChanges(database: Database, repository: AuditRepository): void {
  database.beforeCommit(async (trx: Transaction) => {
    const request = auditedRequest.getStore();
    if (!request || request.isOver) return;
    const { stored, isUnfinished } = request;
    if (stored && (isUnfinished || !stored.isUnfinished)) return;
    const record = { ...request.record(), ...(isUnfinished ? UNFINISHED : {}) };
    try {
      if (stored) await repository.updateWith(trx, stored.id, record);
      const id = stored?.id ?? (await repository.insertWith(trx, { ...record, createdAt: new Date().toISOString() }));
      database.afterCommit(trx, () => {
        request.stored = { id, record, isUnfinished };
      });
    } catch (error) {
      throw asUnavailable(error);
    }
  });
}
