import type pg from 'pg';

/** Statements that a connection keeps prepared; each takes some memory of the server. */
const MOST_PREPARED = 200;
/** A statement is prepared when it comes for this time: many come only once, as those with lists of any length. */
const PREPARED_FROM = 3;
/** Texts whose uses are counted. */
const MOST_COUNTED = 2_000;

/** feature_not_supported: what it answers has changed with its tables; invalid_sql_statement_name: it is not there any more. */
const UNPREPARED = ['0A000', '26000'];

/** Names of prepared statements, the same on all connections. */
export class StatementNames {
  readonly #names = new Map<string, string>();
  #uses = new Map<string, number>();

  /** Undefined where it does not come often. */
  of(text: string): string | undefined {
    const name = this.#names.get(text);
    if (name !== undefined || this.#names.size >= MOST_PREPARED) return name;
    const uses = (this.#uses.get(text) ?? 0) + 1;
    if (uses < PREPARED_FROM) {
      if (this.#uses.size >= MOST_COUNTED) this.#uses = new Map();
      this.#uses.set(text, uses);
      return undefined;
    }
    this.#uses.delete(text);
    const given = `cumulet_${this.#names.size}`;
    this.#names.set(text, given);
    return given;
  }
}

/** Of `pg`'s connection and query, what its types leave out (node_modules/pg/lib/query.js, connection.js). */
interface Connection {
  parse(message: { name: string; text: string }): void;
  bind(message: { statement: string; values: readonly unknown[] }): void;
  execute(message: object): void;
  close(message: { type: 'S'; name: string }): void;
}
interface BaseQuery extends pg.Submittable {
  readonly text: string;
  readonly name: string | undefined;
  requiresPreparation(): boolean;
  hasBeenParsed(connection: Connection): boolean;
  prepare(connection: Connection): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: Connection): void;
  handleError(error: Error, connection: Connection): void;
  handleReadyForQuery(connection: Connection): void;
}
type Answer = (error: Error | undefined, result: pg.QueryResult) => void;
type BaseClass = new (
  config: { text: string; name: string | undefined; values: readonly unknown[] },
  values: undefined,
  answer: Answer,
) => BaseQuery;

export type QueryClass = new (statement: Statement, answer: Answer) => pg.Submittable;

/** What goes before another statement: as text, or null, what `pg` would make of its parameters. */
export interface First {
  text: string;
  name: string | undefined;
  values: readonly (string | null)[];
}

export interface Statement {
  text: string;
  values: readonly unknown[];
  name: string | undefined;
  /** Sent before it, in the same packet. Where one fails none that follows is carried out. */
  first: readonly First[];
  /** Names of what the connection has prepared. */
  prepared: Set<string>;
}

/** A query that is prepared where it has a name, and takes others along whose answers nobody needs. */
export function queryClass({ Query }: typeof pg): QueryClass {
  return class extends (Query as unknown as BaseClass) {
    readonly #statement: Statement;
    readonly #new: string[] = [];
    #answersBefore = 0;

    constructor(statement: Statement, answer: Answer) {
      const { text, name, values } = statement;
      super({ text, name, values }, undefined, answer);
      this.#statement = statement;
    }

    override requiresPreparation(): boolean {
      return true;
    }

    override hasBeenParsed(connection: Connection): boolean {
      return this.#parse(connection, this.#statement);
    }

    override prepare(connection: Connection): void {
      for (const { text, name = '', values } of this.#statement.first) {
        if (!this.#parse(connection, { text, name })) connection.parse({ name, text });
        connection.bind({ statement: name, values });
        connection.execute({});
        this.#answersBefore += 1;
      }
      super.prepare(connection);
    }

    /** Whether the connection has it already; what failed half-way is closed first, as far as it is there. */
    #parse(connection: Connection, { name = '' }: { text: string; name: string | undefined }): boolean {
      if (name === '') return false;
      if (this.#statement.prepared.has(name)) return true;
      connection.close({ type: 'S', name });
      this.#new.push(name);
      return false;
    }

    override handleDataRow(message: unknown): void {
      if (this.#answersBefore === 0) super.handleDataRow(message);
    }

    override handleCommandComplete(message: unknown, connection: Connection): void {
      if (this.#answersBefore === 0) super.handleCommandComplete(message, connection);
      else this.#answersBefore -= 1;
    }

    override handleReadyForQuery(connection: Connection): void {
      for (const name of this.#new) this.#statement.prepared.add(name);
      super.handleReadyForQuery(connection);
    }

    override handleError(error: Error, connection: Connection): void {
      const { name } = this;
      if (name && 'code' in error && UNPREPARED.includes(String(error.code))) this.#statement.prepared.delete(name);
      super.handleError(error, connection);
    }
  };
}
