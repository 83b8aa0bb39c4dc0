import type { Database, Queryable } from '../database/database.ts';
import { missing } from '../resource/missing.ts';
import { badRequest, conflict } from './placement.errors.ts';
import { STANDARD_CLASSES, STANDARD_TRAITS } from './standard-names.ts';

type Kind = 'placement_trait' | 'placement_resource_class';

const KINDS = {
  placement_trait: { thing: 'trait', standard: new Set(STANDARD_TRAITS) },
  placement_resource_class: { thing: 'resource class', standard: new Set(STANDARD_CLASSES) },
};

/** The names of traits and of resource classes: standard ones, and those that clients made. */
export class Vocabulary {
  readonly #database: Database;

  constructor({ database }: { database: Database }) {
    this.#database = database;
  }

  /** Standard ones first, then the others in the order of their names. */
  async names(kind: Kind, on: Queryable = this.#database.query): Promise<string[]> {
    const rows = await on.selectFrom(kind).select('name').orderBy('name').execute();
    return [...KINDS[kind].standard, ...rows.map(({ name }) => name)];
  }

  /** When it was made; now of a standard one. Throws 404 for one that nobody made. */
  async get(kind: Kind, name: string, on: Queryable = this.#database.query): Promise<string> {
    const { thing, standard } = KINDS[kind];
    if (standard.has(name)) return new Date().toISOString();
    const row = await on.selectFrom(kind).select('created_at').where('name', '=', name).executeTakeFirst();
    if (!row) throw missing(`No such ${thing} ${name}.`);
    return row.created_at;
  }

  /** Whether it was made just now; false where it is there already. */
  async make(kind: Kind, name: string): Promise<boolean> {
    return await this.#database.transaction(async (trx) => {
      const { numInsertedOrUpdatedRows } = await trx
        .insertInto(kind)
        .values({ name, created_at: new Date().toISOString() })
        .onConflict((known) => known.doNothing())
        .executeTakeFirst();
      return numInsertedOrUpdatedRows === 1n;
    });
  }

  /** Another name for a class, which everything that counts in it gets too, as until 1.6. */
  async rename(name: string, next: string): Promise<void> {
    await this.#database.transaction(async (trx) => {
      await this.get('placement_resource_class', name, trx);
      requireCustom('placement_resource_class', name);
      const known = trx.selectFrom('placement_resource_class').select('name').where('name', '=', next);
      if (await known.executeTakeFirst()) {
        throw conflict(`The resource class ${next} already exists.`, { field: 'name' });
      }
      const counted = trx.selectFrom('placement_inventory').select('provider_id').where('resource_class', '=', name);
      for (const { provider_id } of await counted.execute()) {
        await trx
          .updateTable('placement_allocation')
          .set({ resource_class: next })
          .where('provider_id', '=', provider_id)
          .where('resource_class', '=', name)
          .execute();
      }
      await trx
        .updateTable('placement_inventory')
        .set({ resource_class: next })
        .where('resource_class', '=', name)
        .execute();
      await trx.updateTable('placement_resource_class').set({ name: next }).where('name', '=', name).execute();
    });
  }

  async delete(kind: Kind, name: string): Promise<void> {
    await this.#database.transaction(async (trx) => {
      await this.get(kind, name, trx);
      requireCustom(kind, name);
      const used = await (kind === 'placement_trait'
        ? trx.selectFrom('placement_provider_trait').select('provider_id').where('trait', '=', name).executeTakeFirst()
        : trx
            .selectFrom('placement_inventory')
            .select('provider_id')
            .where('resource_class', '=', name)
            .executeTakeFirst());
      if (used) throw conflict(`The ${KINDS[kind].thing} ${name} is in use by ${used.provider_id}.`);
      await trx.deleteFrom(kind).where('name', '=', name).execute();
    });
  }

  async requireTraits(names: readonly string[], on?: Queryable): Promise<void> {
    await this.#require('placement_trait', names, 'traits', on);
  }

  async requireClasses(names: readonly string[], field: string, on?: Queryable): Promise<void> {
    await this.#require('placement_resource_class', names, field, on);
  }

  /** 400 that names those that are not there. */
  async #require(kind: Kind, names: readonly string[], field: string, on: Queryable = this.#database.query) {
    const { thing, standard } = KINDS[kind];
    const others = [...new Set(names)].filter((name) => !standard.has(name));
    if (others.length === 0) return;
    const rows = await on.selectFrom(kind).select('name').where('name', 'in', others).execute();
    const known = new Set(rows.map(({ name }) => name));
    const unknown = others.filter((name) => !known.has(name)).sort();
    if (unknown.length > 0) throw badRequest(`No such ${thing}: ${unknown.join(', ').slice(0, 500)}.`, { field });
  }
}

function requireCustom(kind: Kind, name: string): void {
  const { thing, standard } = KINDS[kind];
  if (standard.has(name)) throw badRequest(`The ${thing} ${name} is a standard one.`);
}
