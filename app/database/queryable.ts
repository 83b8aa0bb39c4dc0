import type { Kysely, Transaction as KyselyTransaction } from 'kysely';
import type { Tables } from './tables.ts';

export type Transaction = KyselyTransaction<Tables>;
/** What a query runs on: the database itself or the transaction one is in. */
export type Queryable = Kysely<Tables>;
