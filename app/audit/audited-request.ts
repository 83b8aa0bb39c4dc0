import { AsyncLocalStorage } from 'node:async_hooks';
import type { AuditValues } from './audit.tables.ts';

export type NewAuditRecord = Omit<AuditValues, 'createdAt' | 'id' | 'count'>;

/** A request that changes something, while it is carried out. Its record is stored with the first change it makes. */
export interface AuditedRequest {
  /** As it is known now; the status is the one of success. */
  readonly record: () => NewAuditRecord;
  stored: StoredAuditRecord | undefined;
  /** What it makes, where that is known before the answer; see {@link noteMade}. */
  made?: { id: string; name: string };
  /** The next change is not yet all that is asked for; see {@link markUnfinished}. */
  isUnfinished: boolean;
  /** It was answered: what goes on after it is no part of it. */
  isOver: boolean;
}

export interface StoredAuditRecord {
  readonly id: number;
  readonly record: NewAuditRecord;
  readonly isUnfinished: boolean;
}

/** Which request the code that runs belongs to; nothing where that is work of the controller's own. */
export const auditedRequest = new AsyncLocalStorage<AuditedRequest>();

/**
 * For work of several transactions: as long as the next one is not the last, the record says that the request has not come
 * to its end, which stays so where the controller ends in the middle.
 */
export function markUnfinished(isUnfinished: boolean): void {
  const request = auditedRequest.getStore();
  if (request) request.isUnfinished = isUnfinished;
}

/**
 * For what is made often, in the transaction that makes it: the record, which is stored with it, is then complete, and not
 * completed when the answer shows what was made. Nothing comes of it where that is something else.
 */
export function noteMade({ id, name }: { id?: unknown; name?: unknown }): void {
  const request = auditedRequest.getStore();
  if (request && typeof id === 'string') request.made = { id, name: typeof name === 'string' ? name : '' };
}
