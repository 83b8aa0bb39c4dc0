import type { Generated } from 'kysely';
import type { ZodType } from 'zod';

/** How one attribute of a record is kept: what the record has of it (`Value`) and what the row has (`Stored`). */
export interface Column<Value, Stored = Value> {
  readonly kind: 'text' | 'time' | 'json' | 'integer' | 'real' | 'flag';
  readonly isNullable: boolean;
  /** The column's name, where it is not the attribute's in snake_case. */
  readonly name?: string;
  /** The database fills it in where a new row does not have it. */
  readonly isGenerated?: boolean;
  read(stored: Stored): Value;
  write(value: Value): Stored;
}

type AnyColumn = Column<unknown, unknown>;
type Columns = Readonly<Record<string, AnyColumn>>;
type IsGenerated = { readonly isGenerated: true };
type IsNamed<Name extends string = string> = { readonly name: Name };

type SnakeCase<Text extends string> =
  Text extends Lowercase<Text>
    ? Text
    : Text extends `${infer First}${infer Rest}`
      ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${SnakeCase<Rest>}`
      : Text;
type NameOf<Attribute extends string, C> = C extends IsNamed<infer Name> ? Name : SnakeCase<Attribute>;
type ValueOf<C> = C extends Column<infer Value, infer _Stored> ? Value : never;
type StoredOf<C> = C extends Column<infer _Value, infer Stored> ? Stored : never;

type Declared = { readonly columns: Columns };
type GeneratedOf<C extends Columns> = { [A in keyof C]: C[A] extends IsGenerated ? A : never }[keyof C];
type Values<C extends Columns> = { [A in keyof C]: ValueOf<C[A]> };
type NewValues<C extends Columns> = Values<Omit<C, GeneratedOf<C>>> & Partial<Values<Pick<C, GeneratedOf<C>>>>;
type StoredRow<C extends Columns> = { [A in keyof C & string as NameOf<A, C[A]>]: StoredOf<C[A]> };
type NewRow<C extends Columns> = StoredRow<Omit<C, GeneratedOf<C>>> & Partial<StoredRow<Pick<C, GeneratedOf<C>>>>;

/** The record of a table: what the service that owns it works with. */
export type RecordOf<T extends Declared> = { [A in keyof T['columns']]: ValueOf<T['columns'][A]> };

/** A record that is not stored yet: what the database fills in may be missing. */
export type NewRecordOf<T extends Declared> = {
  [A in keyof NewValues<T['columns']>]: NewValues<T['columns']>[A];
};

/** The row of a table, as queries are typed by it: see tables.ts. */
export type RowOf<T extends Declared> = {
  [A in keyof T['columns'] & string as NameOf<A, T['columns'][A]>]: T['columns'][A] extends IsGenerated
    ? Generated<StoredOf<T['columns'][A]>>
    : StoredOf<T['columns'][A]>;
};

/** The rows of all tables that a module declares, by their names: see tables.ts. */
export type RowsOf<Module> = {
  [K in keyof Module as Module[K] extends Table<infer Name, infer _C> ? Name : never]: Module[K] extends Declared
    ? RowOf<Module[K]>
    : never;
};

export const text: Column<string> = plain('text');
/** ISO text in UTC with milliseconds. */
export const time: Column<string> = plain('time');
export const integer: Column<number> = plain('integer');
export const real: Column<number> = plain('real');
export const flag: Column<boolean, number> = {
  kind: 'flag',
  isNullable: false,
  read: (stored) => stored === 1,
  write: (value) => (value ? 1 : 0),
};

/** A text of a closed set. Only we write it, so it is not checked as it is read; queries compare it with any text. */
export function textOf<Value extends string>(): Column<Value, string> {
  return plain<Value, string>('text');
}

/** As {@link textOf}. */
export function integerOf<Value extends number>(): Column<Value, number> {
  return plain<Value, number>('integer');
}

/** JSON text. It is checked as it is read where there is a `schema`: for what others wrote, or older versions. */
export function json<Value>(schema?: ZodType<Value>): Column<Value, string> {
  // Most lists and maps are empty, and a page has thousands of them.
  const read = (stored: string): Value =>
    stored === '[]' ? ([] as Value) : stored === '{}' ? ({} as Value) : JSON.parse(stored);
  return {
    kind: 'json',
    isNullable: false,
    read: schema ? (stored) => schema.parse(read(stored)) : read,
    write: (value) => JSON.stringify(value),
  };
}

/** Texts of one column that {@link sharedJson} keeps. */
const MOST_SHARED = 500;

/** JSON whose text many rows share, so that it is read once for all of them: nobody changes it in place. */
export function sharedJson<Value>(): Column<Value, string> {
  const type = json<Value>();
  const known = new Map<string, Value>();
  return {
    ...type,
    read: (stored) => {
      const value = known.get(stored) ?? type.read(stored);
      if (!known.has(stored)) {
        if (known.size >= MOST_SHARED) known.clear();
        known.set(stored, value);
      }
      return value;
    },
  };
}

export function nullable<Value, Stored>(column: Column<Value, Stored>): Column<Value | null, Stored | null> {
  return {
    kind: column.kind,
    isNullable: true,
    read: column.read === asStored ? column.read : (stored) => (stored === null ? null : column.read(stored)),
    write: (value) => (value === null ? null : column.write(value)),
  };
}

/** What the database fills in where a new row does not have it. */
export function generated<C extends AnyColumn>(column: C): C & IsGenerated {
  return { ...column, isGenerated: true };
}

/** A column that is not called as its attribute. */
export function column<Name extends string, C extends AnyColumn>(name: Name, type: C): C & IsNamed<Name> {
  return { ...type, name };
}

function plain<Value extends Stored, Stored = Value>(
  kind: 'text' | 'time' | 'integer' | 'real',
): Column<Value, Stored> {
  return { kind, isNullable: false, read: asStored as (stored: Stored) => Value, write: (value) => value };
}

function asStored(stored: unknown): unknown {
  return stored;
}

/**
 * Declares a table: its columns by the attributes of its record. What a record or a row has too much or too little is
 * a mistake of the program and a TypeError.
 */
export function table<const Name extends string, C extends Columns>(name: Name, columns: C): Table<Name, C> {
  return new Table(name, columns);
}

/** One that never has many rows; most such are made by hand as the cloud is set up. */
export function smallTable<const Name extends string, C extends Columns>(
  name: Name,
  columns: C,
  small = 'made by hand as the cloud is set up',
): Table<Name, C> {
  return new Table(name, columns, small);
}

interface Place {
  attribute: string;
  name: string;
  type: AnyColumn;
  /** Undefined where a record has what the row has. */
  read: AnyColumn['read'] | undefined;
}

export class Table<Name extends string = string, C extends Columns = Columns> {
  readonly name: Name;
  readonly columns: C;
  /** Why it may be read whole: it never has many rows. Undefined: it grows with what people do. */
  readonly small: string | undefined;
  readonly #places: readonly Place[];
  readonly #byAttribute: ReadonlyMap<string, Place>;
  /** Its copy is filled in twice as fast as an empty object: lists have thousands of records. */
  readonly #blank: Record<string, unknown>;

  constructor(name: Name, columns: C, small?: string) {
    this.name = name;
    this.columns = columns;
    this.small = small;
    this.#places = Object.entries(columns).map(([attribute, type]) => ({
      attribute,
      name: type.name ?? snakeCase(attribute),
      type,
      read: type.read === asStored ? undefined : type.read,
    }));
    this.#blank = Object.fromEntries(Object.keys(columns).map((attribute) => [attribute, undefined]));
    this.#byAttribute = new Map(this.#places.map((place) => [place.attribute, place]));
  }

  /** The name of an attribute's column. */
  columnOf<A extends keyof C & string>(attribute: A): NameOf<A, C[A]> {
    return this.#placeOf(attribute).name as NameOf<A, C[A]>;
  }

  /** What is inserted. */
  toRow(record: NewValues<C>): { [K in keyof NewRow<C>]: NewRow<C>[K] } {
    const row = this.toChanges(record as unknown as Partial<Values<C>>);
    const missing = this.#places.find(({ name, type }) => !type.isGenerated && !Object.hasOwn(row, name));
    if (missing) throw new TypeError(`a record of ${this.name} has no ${missing.attribute}`);
    return row as unknown as NewRow<C>;
  }

  /** What is set of a row as these attributes change; those that are undefined do not. */
  toChanges(changes: Partial<Values<C>>): Partial<StoredRow<C>> {
    for (const attribute of Object.keys(changes)) this.#placeOf(attribute);
    const row: Record<string, unknown> = {};
    // In the order of the columns, so that the same change is always the same statement.
    for (const { attribute, name, type } of this.#places) {
      const value = changes[attribute];
      if (value !== undefined) row[name] = type.write(value);
    }
    return row as Partial<StoredRow<C>>;
  }

  /** What is set of a row as `before` becomes `after`: the columns that differ. */
  toDifference(before: Values<C>, after: Values<C>): Partial<StoredRow<C>> {
    const row: Record<string, unknown> = this.toChanges(after);
    for (const [name, stored] of Object.entries(this.toChanges(before))) {
      if (row[name] === stored) delete row[name];
    }
    return row as Partial<StoredRow<C>>;
  }

  /** The record of a whole row. */
  readonly toRecord = (row: StoredRow<C>): { [A in keyof C]: ValueOf<C[A]> } => {
    const names = Object.keys(row);
    const record = this.recordIn(row);
    if (names.length > this.#places.length) {
      const known = new Set(this.#places.map(({ name }) => name));
      throw new TypeError(`${this.name} has no column ${names.find((name) => !known.has(name))}`);
    }
    return record;
  };

  /** The record of the columns that a wider row, as of a join, has of this table. */
  recordIn(row: StoredRow<C>): { [A in keyof C]: ValueOf<C[A]> } {
    const stored: Record<string, unknown> = row;
    const record: Record<string, unknown> = { ...this.#blank };
    for (const { attribute, name, read } of this.#places) {
      const value = stored[name];
      if (value === undefined) throw new TypeError(`a row of ${this.name} has no ${name}`);
      record[attribute] = read === undefined ? value : read(value);
    }
    return record as { [A in keyof C]: ValueOf<C[A]> };
  }

  #placeOf(attribute: string): Place {
    const place = this.#byAttribute.get(attribute);
    if (!place) throw new TypeError(`a record of ${this.name} has no attribute ${attribute}`);
    return place;
  }
}

function snakeCase(attribute: string): string {
  return attribute.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
