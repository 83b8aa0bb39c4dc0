import { AsyncLocalStorage } from 'node:async_hooks';
import type { Kysely, Dialect as KyselyDialect, RawBuilder, SqlBool } from 'kysely';
import { UnexpectedError } from '../../contract/errors.ts';
import type { Queryable, Transaction } from '../queryable.ts';
import type { Tables } from '../tables.ts';

/** `decision`: all that happens; `quick`: may be lost with the power; `claim`: see `Database.claim`. */
export type TransactionKind = 'decision' | 'quick' | 'claim';

/** All in which one database differs from another. What is not in here and in the files beside it names none. */
export interface Dialect {
  readonly kysely: KyselyDialect;
  /** Refuses what would lose data or compare it in another way: an old library, another encoding. */
  check(query: Queryable): Promise<void>;
  /** Before migrations, the first of which is `first`. Answers where all is kept as it was, if it is. */
  keepBefore(first: string): Promise<string | undefined>;
  transaction<T>(query: Queryable, kind: TransactionKind, work: (trx: Transaction) => Promise<T>): Promise<T>;
  /** In which order ids that a table gives itself come to be seen; see {@link IdOrder}. */
  readonly idOrder: IdOrder;
  /** A transaction that failed so, for that time, is whole, and came between others: run again, it may succeed. */
  mayRunAgain(error: unknown, attempt: number): boolean;
}

/** How far a table can be read by its ids so that none is left out: none at or below `upTo` can still come. */
export interface ReadableIds {
  upTo: number;
  /** The newest that was given; where it is above `upTo`, those between can be read once others have ended. */
  newest: number;
}

/**
 * Ids are given when a row is written and seen when that is committed. Whoever follows a table by its ids must know how
 * far it is whole; docs/decisions/0006-events-in-order.md.
 */
export interface IdOrder {
  /** Before a transaction's first row that is followed. */
  announce(trx: Transaction, table: keyof Tables): Promise<void>;
  readable(query: Queryable, table: keyof Tables): Promise<ReadableIds>;
}

/** Parts of queries that are written in another way on each database; see {@link expressionsOf}. */
export interface Expressions {
  /** The text of a member of the JSON object in `json`; NULL where it has none. */
  member(json: RawBuilder<unknown>, name: string): RawBuilder<string | null>;
  /** The texts of a JSON list, as rows of a table `as` with the column `value`. */
  texts(json: RawBuilder<unknown>, as: string): RawBuilder<unknown>;
  /** The members of a JSON object, as rows of a table `as` with the columns `key` and `value`. */
  members(json: RawBuilder<unknown>, as: string): RawBuilder<unknown>;
  /** The same condition, told to be true of many rows: an index for something else is the better one. */
  likely(condition: RawBuilder<SqlBool>): RawBuilder<SqlBool>;
  /** A statement of a migration, which is written for SQLite, with the types of columns that are the same here. */
  migration(statement: string): string;
}

const EXPRESSIONS = Symbol('expressions');

/** What an adapter of kysely carries, so that whoever has something to query on has the right expressions. */
export function withExpressions<A extends object>(adapter: A, expressions: Expressions): A {
  return Object.assign(adapter, { [EXPRESSIONS]: expressions });
}

// biome-ignore lint/suspicious/noExplicitAny: whatever tables there are
export function expressionsOf(query: Kysely<any>): Expressions {
  const { adapter } = query.getExecutor();
  return (adapter as typeof adapter & { [EXPRESSIONS]: Expressions })[EXPRESSIONS];
}

/**
 * Known while a transaction's callback runs: a query on the outer handle would not see what it wrote, or wait for it for
 * ever. `isOpen` ends with the transaction, because what it started in the background still carries its context.
 */
export const insideTransaction = new AsyncLocalStorage<{ isOpen: boolean }>();

export function assertOutsideTransaction(): void {
  if (insideTransaction.getStore()?.isOpen) {
    throw new UnexpectedError('A query inside a transaction must use the transaction');
  }
}
