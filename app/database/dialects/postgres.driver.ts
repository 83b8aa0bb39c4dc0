import { PostgresDialect as KyselyPostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { UserError } from '../../contract/errors.ts';
import { ConnectionTurns } from '../connection-turns.ts';
import { DatabaseUnavailable, unavailableIfFull } from '../database.errors.ts';
import { assertOutsideTransaction, withExpressions } from './dialect.ts';
import { postgresExpressions } from './postgres.expressions.ts';

const CONNECTIONS = 10;
/** Milliseconds. */
const CONNECT_WITHIN = 5_000;
/** A transaction waits for nothing but the database; one that has forgotten to end would keep others from theirs. */
const IDLE_IN_TRANSACTION = 5_000;

/** Object ids of types (`select oid, typname from pg_type`): what SQLite answers as numbers is one here, too. */
const AS_NUMBER = { bool: 16, int8: 20, numeric: 1700 };

/** Connections to the server, made when they are needed; lost ones are made anew. */
export async function openPool(url: string): Promise<Pool> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'cumulet',
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_WITHIN,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION,
    keepAlive: true,
    types: {
      getTypeParser: (oid, format) => {
        if (oid === AS_NUMBER.bool) return (text: string) => Number(text === 't');
        if (oid === AS_NUMBER.int8 || oid === AS_NUMBER.numeric) return Number;
        return pg.types.getTypeParser(oid, format);
      },
    },
  });
  // A connection that is lost between two queries is told here; the next query gets another, or says so.
  const ignore = () => undefined;
  pool.on('error', ignore);
  pool.on('connect', (client) => client.on('error', ignore));
  return pool;
}

/** Kysely on `pg`, with errors that say what to do, and values as they are with SQLite. */
export class PooledDialect extends KyselyPostgresDialect {
  constructor(pool: Pool) {
    super({ pool: guarded(pool) });
  }

  override createAdapter() {
    return withExpressions(super.createAdapter(), postgresExpressions);
  }
}

/** Who waits for a free connection does so here: in the pool it would count as a server that does not answer. */
function guarded(pool: Pool): PostgresPool {
  const turns = new ConnectionTurns(CONNECTIONS);
  return {
    connect: async () => {
      assertOutsideTransaction();
      await turns.take();
      try {
        return guardedClient(await pool.connect(), () => turns.give());
      } catch (error) {
        turns.give();
        throw inWords(error);
      }
    },
    end: () => pool.end(),
    options: pool.options,
  };
}

function guardedClient(client: PoolClient, onRelease: () => void): PostgresPoolClient {
  let isLost = false;
  return {
    query: async (text: string, values: readonly unknown[]) => {
      try {
        return await client.query(text, values.map(toPostgres));
      } catch (error) {
        // Nothing is left to roll back, and to fail here would hide what went before.
        if (isLost && text === 'rollback') return { command: 'ROLLBACK', rowCount: 0, rows: [] };
        isLost = isLost || isConnectionLost(error);
        throw inWords(error);
      }
    },
    release: (broken?: boolean) => {
      client.release(broken || isLost);
      onRelease();
    },
  } as unknown as PostgresPoolClient;
}

function toPostgres(value: unknown): unknown {
  if (typeof value === 'boolean') return Number(value);
  return value === undefined ? null : value;
}

/**
 * Classes of SQLSTATE (postgresql.org/docs/current/errcodes-appendix.html): connection, no more connections, stopped by
 * an operator, cut off for being idle. Other codes are those of the system; `pg` gives some errors none.
 */
const LOST_STATES = /^(08...|53300|57P0.|25P03)$/;
const LOST_CODES = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
];
const LOST_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return LOST_STATES.test(code) || LOST_CODES.includes(code) || LOST_MESSAGES.test(error.message);
}

function inWords(error: unknown): unknown {
  if (isConnectionLost(error)) {
    return new DatabaseUnavailable('unavailable', 'The database cannot be reached.', {
      hint: 'Try again in a moment. If it goes on, look whether PostgreSQL runs and takes connections.',
      retryAfter: 5,
      cause: error,
    });
  }
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  // character_not_in_repertoire, untranslatable_character
  if (code === '22021' || code === '22P05') {
    return new UserError(
      'bad_request',
      'A text holds a character that cannot be stored, such as one with the code 0.',
      {
        cause: error,
      },
    );
  }
  return unavailableIfFull(error);
}
