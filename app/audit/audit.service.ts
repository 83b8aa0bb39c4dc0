import { setImmediate } from 'node:timers/promises';
import type { AuditList, AuditQuery, AuditRecord } from '../contract/audit.ts';
import type { Context } from '../contract/context.ts';
import type { Database } from '../database/database.ts';
import type { PolicyService } from '../policy/policy.service.ts';
import type { AuditRepository, AuditScope } from './audit.repository.ts';
import { asUnavailable } from './audit-trouble.ts';
import type { NewAuditRecord, StoredAuditRecord } from './audited-request.ts';
import { RefusalCounts } from './refusal-counts.ts';
import { storeRecordsWithChanges } from './stored-with-change.ts';

/** Records are kept for so long. */
const KEPT_MS = 400 * 86_400_000;
/** So many rows go into one statement: SQLite takes 32,766 parameters. */
const AT_ONCE = 1000;
const EXPORT_PAGE = 1000;

/**
 * The audit trail: every request that changes something or signs in, allowed or refused. The record of a change is
 * stored in the transaction of the change; that of a sign-in or refusal before it is answered, and those that end
 * together share one write.
 */
export class AuditService {
  readonly #repository: AuditRepository;
  readonly #policy: PolicyService;
  #waiting: { row: NewAuditRecord & { createdAt: string }; stored: PromiseWithResolvers<void> }[] = [];
  #isWriting = false;
  readonly #refusals = new RefusalCounts();

  constructor(parts: { database: Database; repository: AuditRepository; policy: PolicyService }) {
    this.#repository = parts.repository;
    this.#policy = parts.policy;
    storeRecordsWithChanges(parts.database, parts.repository);
  }

  /** What came of a request whose record is stored; where that is what was expected, nothing is written. */
  async complete({ id, record: stored }: StoredAuditRecord, record: NewAuditRecord): Promise<void> {
    const keys = Object.keys(record) as (keyof NewAuditRecord)[];
    if (keys.every((key) => record[key] === stored[key])) return;
    try {
      await this.#repository.update(id, record, { isQuick: record.status === stored.status });
    } catch (error) {
      throw asUnavailable(error);
    }
  }

  /** Resolves once the record is stored; refusals that are alike are counted in one. */
  async record(record: NewAuditRecord): Promise<void> {
    const stored = Promise.withResolvers<void>();
    this.#waiting.push({ row: { ...record, createdAt: new Date().toISOString() }, stored });
    if (!this.#isWriting) void this.#write();
    try {
      await stored.promise;
    } catch (error) {
      throw asUnavailable(error);
    }
  }

  /** All requests that were read from the network at once, which while a write runs are many, are in the next one. */
  async #write(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      await setImmediate();
      const batch = this.#waiting.splice(0, AT_ONCE);
      try {
        const records = batch.map(({ row }) => row);
        await this.#refusals.store(records, (rows, more) => this.#repository.insert(rows, more));
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
