import { setImmediate } from 'node:timers/promises';
import type { Insertable } from 'kysely';
import type { AuditList, AuditQuery, AuditRecord } from '../contract/audit.ts';
import type { Context } from '../contract/context.ts';
import type { AuditRecordTable } from '../database/audit.tables.ts';
import type { PolicyService } from '../policy/policy.service.ts';
import type { AuditRepository, AuditScope } from './audit.repository.ts';

export type NewAuditRecord = Omit<Insertable<AuditRecordTable>, 'id' | 'created_at'>;

/** Records are kept for so long. */
const KEPT_MS = 400 * 86_400_000;
/** So many rows go into one statement: SQLite takes 32,766 parameters. */
const AT_ONCE = 1000;
const EXPORT_PAGE = 1000;

/**
 * The audit trail: every request that changes something or signs in, allowed or refused. The edge writes the record
 * before it answers, so what was acknowledged is in it; requests that end together share one write.
 */
export class AuditService {
  readonly #repository: AuditRepository;
  readonly #policy: PolicyService;
  #waiting: { row: Insertable<AuditRecordTable>; stored: PromiseWithResolvers<void> }[] = [];
  #isWriting = false;

  constructor(parts: { repository: AuditRepository; policy: PolicyService }) {
    this.#repository = parts.repository;
    this.#policy = parts.policy;
  }

  /** Resolves once the record is stored. */
  async record(record: NewAuditRecord): Promise<void> {
    const stored = Promise.withResolvers<void>();
    this.#waiting.push({ row: { ...record, created_at: new Date().toISOString() }, stored });
    if (!this.#isWriting) void this.#write();
    await stored.promise;
  }

  /** All requests that were read from the network at once, which while a write runs are many, are in the next one. */
  async #write(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      await setImmediate();
      const batch = this.#waiting.splice(0, AT_ONCE);
      try {
        await this.#repository.insert(batch.map(({ row }) => row));
        for (const { stored } of batch) stored.resolve();
      } catch (error) {
        for (const { stored } of batch) stored.reject(error);
      }
    }
    this.#isWriting = false;
  }

  async list(context: Context, query: AuditQuery): Promise<AuditList> {
    const found = await this.#repository.list({ ...query, limit: query.limit + 1 }, this.#scopeOf(context));
    const records = found.slice(0, query.limit);
    return { records, next: found.length > query.limit ? (records.at(-1)?.id ?? null) : null };
  }

  /** All that the filter leaves, the newest first, page by page. */
  async *export(context: Context, filter: Omit<AuditQuery, 'limit' | 'marker'>): AsyncGenerator<AuditRecord[]> {
    const scope = this.#scopeOf(context);
    for (let marker: number | undefined; ; ) {
      const page = await this.#repository.list({ ...filter, limit: EXPORT_PAGE, marker }, scope);
      if (page.length > 0) yield page;
      marker = page.at(-1)?.id;
      if (page.length < EXPORT_PAGE) return;
    }
  }

  async prune(): Promise<void> {
    await this.#repository.deleteBefore(new Date(Date.now() - KEPT_MS).toISOString());
  }

  /** Everybody sees what they did themselves, a manager what was done in the project, an administrator all. */
  #scopeOf(context: Context): AuditScope {
    if (this.#policy.allows(context, 'v1:audit:list_all')) return {};
    if (context.projectId !== null && this.#policy.allows(context, 'v1:audit:list_project')) {
      return { projectId: context.projectId };
    }
    return { userId: context.userId ?? '' };
  }
}
