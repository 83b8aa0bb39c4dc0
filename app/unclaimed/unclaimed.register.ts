import { randomUUID } from 'node:crypto';
import type { MachineStatus } from '../contract/machine.ts';
import type { Database, Queryable, Transaction } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import type { LeftoverKind } from '../leftover/leftover.service.ts';
import { type UnclaimedRecord, type UnclaimedRow, unclaimed } from './unclaimed.tables.ts';

export type UnclaimedKind = UnclaimedRecord['kind'];

/** A thing as it was found. */
export type Finding = Omit<UnclaimedRecord, 'id' | 'host' | 'since'>;

export interface UnclaimedThing extends UnclaimedRecord {
  /** An administrator removed it, and it is still there. */
  isGoing: boolean;
}

/** A leftover's kind says where it lies: what is unclaimed in `images/` lies in a folder of its own. */
export function leftoverKindOf(kind: UnclaimedKind): LeftoverKind {
  return kind === 'image-file' ? 'unclaimed-image' : kind;
}

/** The list of what nobody knows, as hosts and the controller's own start last found it. */
export class UnclaimedRegister {
  readonly #database: Database;
  readonly #events: EventService;

  constructor(parts: { database: Database; events: EventService }) {
    this.#database = parts.database;
    this.#events = parts.events;
  }

  /** All that there is in one place now: what is new comes in, what is gone goes out. */
  async found(trx: Transaction, host: string, findings: readonly Finding[]): Promise<void> {
    const known = new Map((await this.#of(trx, host)).map((row) => [keyOf(row), row]));
    const present = new Set(findings.map(keyOf));
    const gone = [...known].filter(([key]) => !present.has(key));
    const fresh = findings.filter((finding) => !known.has(keyOf(finding)));
    for (const [, { id }] of gone) await trx.deleteFrom('unclaimed').where('id', '=', id).execute();
    for (const finding of fresh) {
      const since = new Date().toISOString();
      await trx
        .insertInto('unclaimed')
        .values(unclaimed.toRow({ ...finding, id: randomUUID(), host, since }))
        .execute();
    }
    let hasChanged = gone.length + fresh.length > 0;
    for (const finding of findings) {
      const row = known.get(keyOf(finding));
      const { name, bytes, machine } = finding;
      const columns = unclaimed.toChanges({ name, bytes, machine });
      if (!row || (row.name === columns.name && row.bytes === columns.bytes && row.detail === columns.detail)) continue;
      await trx.updateTable('unclaimed').set(columns).where('id', '=', row.id).execute();
      hasChanged = true;
    }
    if (hasChanged) await this.#tell(trx, host);
  }

  /** A machine that nobody knows changed its state. */
  async machineChanged(trx: Transaction, host: string, status: MachineStatus): Promise<void> {
    const row = await trx
      .selectFrom('unclaimed')
      .selectAll()
      .where('host', '=', host)
      .where('kind', '=', 'machine')
      .where('key', '=', status.id)
      .executeTakeFirst();
    if (!row) return;
    const { machine } = unclaimed.toRecord(row);
    const changes = unclaimed.toChanges({ machine: machine && { ...machine, status } });
    await trx.updateTable('unclaimed').set(changes).where('id', '=', row.id).execute();
    await this.#tell(trx, host);
  }

  /** It is somebody's now, or it is gone. */
  async forget(
    trx: Transaction,
    { host, kind, key }: { host: string; kind: UnclaimedKind; key: string },
  ): Promise<void> {
    const { numDeletedRows } = await trx
      .deleteFrom('unclaimed')
      .where('host', '=', host)
      .where('kind', '=', kind)
      .where('key', '=', key)
      .executeTakeFirstOrThrow();
    if (numDeletedRows > 0n) await this.#tell(trx, host);
  }

  async find(query: Queryable, id: string): Promise<UnclaimedThing | undefined> {
    const row = await this.#select(query).where('unclaimed.id', '=', id).executeTakeFirst();
    return row && toThing(row);
  }

  /** In the order in which they were found. */
  async list(page: { limit: number; marker?: string | undefined }): Promise<UnclaimedThing[]> {
    const { query } = this.#database;
    const after = page.marker === undefined ? undefined : await this.find(query, page.marker);
    let select = this.#select(query).limit(page.limit).orderBy('unclaimed.since').orderBy('unclaimed.id');
    if (after) {
      select = select.where((e) =>
        e.or([
          e('unclaimed.since', '>', after.since),
          e.and([e('unclaimed.since', '=', after.since), e('unclaimed.id', '>', after.id)]),
        ]),
      );
    }
    return (await select.execute()).map(toThing);
  }

  /** Without what is being removed. */
  async count(): Promise<number> {
    const row = await this.#joined(this.#database.query)
      .select((e) => e.fn.countAll<number>().as('count'))
      .where('leftover.id', 'is', null)
      .executeTakeFirstOrThrow();
    return Number(row.count);
  }

  /** Tells administrators that the list is another. */
  async #tell(trx: Transaction, host: string): Promise<void> {
    await this.#events.record(trx, null, {
      type: 'unclaimed.update',
      resourceId: host,
      projectId: null,
    });
  }

  async #of(trx: Transaction, host: string): Promise<UnclaimedRow[]> {
    return await trx.selectFrom('unclaimed').selectAll().where('host', '=', host).execute();
  }

  #select(query: Queryable) {
    return this.#joined(query).selectAll('unclaimed').select('leftover.since as going_since');
  }

  /** With the row that says that it goes, where there is one. */
  #joined(query: Queryable) {
    return query.selectFrom('unclaimed').leftJoin('leftover', (join) =>
      join
        .onRef('leftover.host', '=', 'unclaimed.host')
        .onRef('leftover.id', '=', 'unclaimed.key')
        .on((e) =>
          e.or([
            e('leftover.kind', '=', e.ref('unclaimed.kind')),
            e.and([e('unclaimed.kind', '=', 'image-file'), e('leftover.kind', '=', leftoverKindOf('image-file'))]),
          ]),
        ),
    );
  }
}

function keyOf({ kind, key }: { kind: string; key: string }): string {
  return `${kind} ${key}`;
}

function toThing({ going_since, ...row }: UnclaimedRow & { going_since: string | null }): UnclaimedThing {
  return { ...unclaimed.toRecord(row), isGoing: going_since !== null };
}
