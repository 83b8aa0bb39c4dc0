import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { UserError } from '../contract/errors.ts';
import type { Expressions } from '../database/dialects/dialect.ts';
import type { Column } from '../database/table.ts';

/** `has`: one of the texts of a JSON list. */
export type Comparison = '=' | '<=' | '>=' | 'in' | 'has' | 'contains' | 'startswith' | 'endswith';

/** One filter of a list. */
export interface Condition {
  readonly attribute: string;
  /** Of an attribute that is a JSON object. */
  readonly member?: string;
  readonly is: Comparison;
  /** As the record has it; a list of such for `in`. */
  readonly value: unknown;
  /** Only letters of ASCII: further ones are folded differently by each database. */
  readonly ignoresCase?: boolean;
}

/** A filter, in SQL where it takes more than comparing. */
export type Narrowing = Condition | RawBuilder<SqlBool>;

/** What of a table is there for whoever asks. */
export interface Scope<R> {
  readonly is?: Partial<R>;
  /** What takes more than comparing. */
  readonly also?: readonly RawBuilder<SqlBool>[];
}

export interface Sort<R> {
  readonly attribute: keyof R & string;
  readonly direction: 'asc' | 'desc';
}

/** A list as every dialect asks for it. */
export interface CollectionQuery<R> extends Scope<R> {
  /** Unlike those of the scope, they need not hold for the marker. */
  readonly where?: readonly Narrowing[];
  /** The id is added where it is missing. */
  readonly sort?: readonly Sort<R>[];
  readonly limit?: number;
  /** So many are left out first; where there is no marker. */
  readonly offset?: number;
  /** The page begins behind this one, or ends before it where it `isReverse`. */
  readonly marker?: { readonly id: string; readonly missing: (id: string) => UserError };
  readonly isReverse?: boolean;
}

/** A {@link import('../database/table.ts').Table} of these records. */
export interface ResourceTable<R> {
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: each column has a type of its own
  readonly columns: Readonly<Record<string, Column<any, any>>>;
  columnOf(attribute: never): string;
  toRecord(row: never): R;
  toRow(record: R): object;
  toDifference(before: R, after: R): object;
}

const NEVER = sql<SqlBool>`1 = 0`;

/** Writes queries of one table in SQL; `expressions` are those of the database. */
export class QueryWriter<R> {
  readonly #table: ResourceTable<R>;
  readonly #expressions: () => Pick<Expressions, 'member' | 'texts'>;

  constructor(table: ResourceTable<R>, expressions: () => Pick<Expressions, 'member' | 'texts'>) {
    this.#table = table;
    this.#expressions = expressions;
  }

  scope({ is = {}, also = [] }: Scope<R>): RawBuilder<SqlBool>[] {
    return [...Object.entries(is).map(([attribute, value]) => this.#equal(attribute, value)), ...also];
  }

  condition(narrowing: Narrowing): RawBuilder<SqlBool> {
    if (!('attribute' in narrowing)) return narrowing;
    const { attribute, member, is, value, ignoresCase = false } = narrowing;
    const { write, kind } = this.#columnOf(attribute);
    if (hasNul(value) || hasNul(member)) return NEVER;
    const column = sql.ref(this.#nameOf(attribute));
    if (is === 'contains' || is === 'startswith' || is === 'endswith') {
      if (member !== undefined) {
        return inexact(this.#expressions().member(column, member), is, String(value), ignoresCase);
      }
      return kind === 'text' || kind === 'time' ? inexact(column, is, String(value), ignoresCase) : NEVER;
    }
    if (is === 'has') {
      const list = sql.ref(`${this.#table.name}.${this.#nameOf(attribute)}`);
      return sql`EXISTS (SELECT 1 FROM ${this.#expressions().texts(list, 'has')} WHERE has.value = ${value})`;
    }
    if (is === '=' && member !== undefined) return sql`${this.#expressions().member(column, member)} = ${value}`;
    if (is === '=') return this.#equal(attribute, value);
    if (is === 'in') {
      const values = (value as unknown[]).filter((each) => !hasNul(each)).map((each) => sql`${write(each)}`);
      return values.length === 0 ? NEVER : sql`${column} IN (${sql.join(values)})`;
    }
    return is === '<=' ? sql`${column} <= ${write(value)}` : sql`${column} >= ${write(value)}`;
  }

  /** Sorting and paging must see the same value, so nothing is NULL in either. */
  order(attribute: string): RawBuilder<unknown> {
    const { isNullable } = this.#columnOf(attribute);
    const column = sql.ref(this.#nameOf(attribute));
    return isNullable ? sql`coalesce(${column}, ${sql.lit(this.#instead(attribute))})` : column;
  }

  /** (k1 > m1) or (k1 = m1 and k2 > m2) or ...: what comes behind `marker`. */
  after(marker: R, sort: readonly Sort<R>[]): RawBuilder<SqlBool> {
    const same = sort.map(({ attribute }) => sql`${this.order(attribute)} = ${this.#sorted(marker, attribute)}`);
    const ways = sort.map(({ attribute, direction }, index) => {
      const value = this.#sorted(marker, attribute);
      const column = this.order(attribute);
      const beyond = direction === 'asc' ? sql`${column} > ${value}` : sql`${column} < ${value}`;
      return sql`(${sql.join([...same.slice(0, index), beyond], sql` AND `)})`;
    });
    return sql`(${sql.join(ways, sql` OR `)})`;
  }

  /** As the column has it. */
  value(attribute: string, value: unknown): unknown {
    return this.#columnOf(attribute).write(value);
  }

  #equal(attribute: string, value: unknown): RawBuilder<SqlBool> {
    if (value === undefined) throw new TypeError(`${this.#table.name} is asked for with ${attribute} undefined`);
    if (hasNul(value)) return NEVER;
    const column = sql.ref(this.#nameOf(attribute));
    return value === null ? sql`${column} IS NULL` : sql`${column} = ${this.#columnOf(attribute).write(value)}`;
  }

  #sorted(record: R, attribute: keyof R & string): unknown {
    return this.#columnOf(attribute).write(record[attribute]) ?? this.#instead(attribute);
  }

  #instead(attribute: string): string | number {
    const { kind } = this.#columnOf(attribute);
    return kind === 'text' || kind === 'time' || kind === 'json' ? '' : 0;
  }

  #columnOf(attribute: string) {
    const column = Object.hasOwn(this.#table.columns, attribute) ? this.#table.columns[attribute] : undefined;
    if (!column) throw new TypeError(`${this.#table.name} has no attribute ${attribute}`);
    return column;
  }

  #nameOf(attribute: string): string {
    return this.#table.columnOf(attribute as never);
  }
}

/** No text that is stored has one (the edge refuses it), and not every database lets one be asked for. */
function hasNul(value: unknown): boolean {
  return typeof value === 'string' && value.includes('\0');
}

/** LIKE differs between databases in what it folds; these functions do not. */
export function inexact(
  text: RawBuilder<unknown>,
  is: 'contains' | 'startswith' | 'endswith',
  value: string,
  ignoresCase: boolean,
): RawBuilder<SqlBool> {
  const column = ignoresCase ? sql`lower(${text})` : text;
  const folded = ignoresCase ? value.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) : value;
  const wanted = sql`cast(${folded} as text)`;
  switch (is) {
    case 'contains':
      return value === '' ? sql`${column} IS NOT NULL` : sql`replace(${column}, ${wanted}, '') <> ${column}`;
    case 'startswith':
      return sql`substr(${column}, 1, length(${wanted})) = ${wanted}`;
    default:
      return sql`length(${column}) >= length(${wanted})
        AND substr(${column}, length(${column}) - length(${wanted}) + 1) = ${wanted}`;
  }
}
