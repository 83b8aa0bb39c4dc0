import type { NewAuditRecord } from './audited-request.ts';

const COUNTED_MS = 60 * 1000;
/** Of one address and action in a minute so many rows tell who was refused and how; the last also stands for the rest. */
const MOST_ROWS = 16;
/** Addresses and actions that are remembered at a time; above it counting begins anew. */
const MOST_PLACES = 10_000;

type Row = NewAuditRecord & { createdAt: string; count: number };
/** One that is stored, or to be stored with the next write. */
interface Counted {
  row: Row;
  id?: number;
}

/** Of refusals that are alike the first of a minute makes a row, and the others are counted in it. */
export class RefusalCounts {
  #until = 0;
  /** By address and action, then by who was refused and how. */
  readonly #places = new Map<string, Map<string, Counted>>();

  /** Stores `records` in one write: `insert` gets the rows that are new, and how many more rows that are there stand for. */
  async store(
    records: (NewAuditRecord & { createdAt: string })[],
    insert: (rows: Row[], more: ReadonlyMap<number, number>) => Promise<number[]>,
  ): Promise<void> {
    const now = performance.now();
    if (now > this.#until) {
      this.#places.clear();
      this.#until = now + COUNTED_MS;
    }
    const fresh: Counted[] = [];
    const more = new Map<number, number>();
    for (const record of records) {
      const counted = record.status < 400 ? undefined : this.#like(record);
      if (counted?.id !== undefined) more.set(counted.id, (more.get(counted.id) ?? 0) + 1);
      else if (counted) counted.row.count += 1;
      else fresh.push(this.#note({ ...record, count: 1 }));
    }
    try {
      const ids = await insert(
        fresh.map(({ row }) => row),
        more,
      );
      fresh.forEach((counted, index) => {
        counted.id = ids[index] ?? 0;
      });
    } catch (error) {
      // Of what was not stored nothing is to be counted.
      this.#places.clear();
      throw error;
    }
  }

  #like(record: NewAuditRecord): Counted | undefined {
    const alike = this.#places.get(placeOf(record));
    if (!alike) return undefined;
    return alike.get(kindOf(record)) ?? (alike.size < MOST_ROWS ? undefined : [...alike.values()].at(-1));
  }

  #note(row: Row): Counted {
    const counted = { row };
    if (row.status < 400) return counted;
    const place = placeOf(row);
    if (this.#places.size >= MOST_PLACES) this.#places.clear();
    const alike = this.#places.get(place) ?? new Map<string, Counted>();
    this.#places.set(place, alike.set(kindOf(row), counted));
    return counted;
  }
}

function placeOf({ address, action }: NewAuditRecord): string {
  return JSON.stringify([address, action]);
}

function kindOf({ status, userId, userName, projectId }: NewAuditRecord): string {
  return JSON.stringify([status, userId, userName, projectId]);
}
