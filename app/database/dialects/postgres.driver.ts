import {
  type BinaryOperationNode,
  PostgresDialect as KyselyPostgresDialect,
  type PostgresPool,
  type PostgresPoolClient,
  PostgresQueryCompiler,
} from 'kysely';
import type { Pool, PoolClient, QueryResult } from 'pg';
import { UserError } from '../../contract/errors.ts';
import { isUnanswered } from '../change.ts';
import { ConnectionTurns } from '../connection-turns.ts';
import { DatabaseUnavailable, unavailableIfFull } from '../database.errors.ts';
import { assertOutsideTransaction, withExpressions } from './dialect.ts';
import { postgresExpressions } from './postgres.expressions.ts';
import { type First, type QueryClass, queryClass, type Statement, StatementNames } from './postgres.query.ts';

const CONNECTIONS = 10;
/** Milliseconds. */
const CONNECT_WITHIN = 5_000;
/** A transaction waits for nothing but the database; one that has forgotten to end would keep others from theirs. */
const IDLE_IN_TRANSACTION = 5_000;

/**
 * To read a small table whole is cheap, and comes between all who change it; the plan of a prepared statement would be kept
 * when the table has grown. What can be found by an index is. To compile a query takes longer than any of ours.
 */
const SETTINGS = '-c enable_seqscan=off -c jit=off';

/** Object ids of types (`select oid, typname from pg_type`): what SQLite answers as numbers is one here, too. */
const AS_NUMBER = { bool: 16, int8: 20, numeric: 1700 };

const BEGIN = /^(begin|start transaction)\b/;
/** What answers nothing that is needed goes with the next statement, in one packet, and takes no time of its own. */
const PRELIMINARY = /^(set local|select pg_advisory_xact_lock_shared)\b/i;
/** So many wait for the next one at most. */
const MOST_WAITING = 50;

/** Connections to the server, and what is sent over them. */
export interface Connections {
  pool: Pool;
  Query: QueryClass;
}

/** Connections to the server, made when they are needed; lost ones are made anew. */
export async function openPool(url: string): Promise<Connections> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'cumulet',
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_WITHIN,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION,
    keepAlive: true,
    options: SETTINGS,
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
  return { pool, Query: queryClass(pg) };
}

/** Kysely on `pg`, with errors that say what to do, and values as they are with SQLite. */
export class PooledDialect extends KyselyPostgresDialect {
  constructor(connections: Connections) {
    super({ pool: guarded(connections) });
  }

  override createAdapter() {
    return withExpressions(super.createAdapter(), postgresExpressions);
  }

  override createQueryCompiler() {
    return new QueryCompiler();
  }
}

/** Whoever looks for one of a list may have an empty one; SQLite takes it as it is. */
class QueryCompiler extends PostgresQueryCompiler {
  protected override visitBinaryOperation(node: BinaryOperationNode): void {
    const { operator, rightOperand } = node;
    const isEmpty = 'values' in rightOperand && Array.isArray(rightOperand.values) && rightOperand.values.length === 0;
    const name = isEmpty && 'operator' in operator ? operator.operator : undefined;
    if (name === 'in') this.append('1 = 0');
    else if (name === 'not in') this.append('1 = 1');
    else super.visitBinaryOperation(node);
  }
}

/** Who waits for a free connection does so here: in the pool it would count as a server that does not answer. */
function guarded({ pool, Query }: Connections): PostgresPool {
  const turns = new ConnectionTurns(CONNECTIONS);
  const names = new StatementNames();
  const prepared = new WeakMap<PoolClient, Set<string>>();
  return {
    connect: async () => {
      assertOutsideTransaction();
      await turns.take();
      try {
        const client = await pool.connect();
        const known = prepared.get(client) ?? new Set();
        prepared.set(client, known);
        const send = async ({ text, values, first }: Pick<Statement, 'text' | 'values' | 'first'>) =>
          await new Promise<QueryResult>((resolve, reject) => {
            const statement = { text, values, first, name: names.of(text), prepared: known };
            client.query(new Query(statement, (error, result) => (error ? reject(error) : resolve(result))));
          });
        const close = (isLost: boolean) => {
          client.release(isLost);
          turns.give();
        };
        return new Client({ send, close, nameOf: (text) => names.of(text) }) as unknown as PostgresPoolClient;
      } catch (error) {
        turns.give();
        throw inWords(error);
      }
    },
    end: () => pool.end(),
    options: pool.options,
  };
}

interface Channel {
  send(statement: Pick<Statement, 'text' | 'values' | 'first'>): Promise<QueryResult>;
  nameOf(text: string): string | undefined;
  close(isLost: boolean): void;
}

/** A connection in the hands of one who asks: what he need not wait for waits for what he does. */
class Client {
  readonly #channel: Channel;
  /** `asked`: to begin it waits, and the server knows nothing of it yet. */
  #transaction: 'none' | 'asked' | 'begun' = 'none';
  #waiting: First[] = [];
  #isLost = false;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  async query(text: string, values: readonly unknown[]): Promise<Pick<QueryResult, 'command' | 'rowCount' | 'rows'>> {
    if (BEGIN.test(text)) this.#transaction = 'asked';
    const isUrgent = !isUnanswered(values) && !(values.length === 0 && isPreliminary(text));
    if (this.#transaction !== 'none' && !isUrgent && this.#waiting.length < MOST_WAITING) {
      this.#waiting.push({ text, name: this.#channel.nameOf(text), values: values.map(toText) });
      return answerOf(text);
    }
    const first = this.#waiting;
    this.#waiting = [];
    if (text === 'rollback') return await this.#rollback();
    if (text === 'commit' && this.#transaction === 'asked' && first.every((each) => isPreliminary(each.text))) {
      this.#transaction = 'none';
      return answerOf(text);
    }
    if (this.#transaction === 'asked') this.#transaction = 'begun';
    const answer = await this.#send({ text, values: values.map(toPostgres), first });
    if (text === 'commit') this.#transaction = 'none';
    return answer;
  }

  async #rollback() {
    const text = 'rollback';
    // Where the connection is lost nothing is left to roll back, and to fail here would hide what went before.
    const isOver = this.#isLost || this.#transaction === 'asked';
    this.#transaction = 'none';
    return isOver ? answerOf(text) : await this.#send({ text, values: [], first: [] });
  }

  async #send(statement: Pick<Statement, 'text' | 'values' | 'first'>): Promise<QueryResult> {
    try {
      return await this.#channel.send(statement);
    } catch (error) {
      this.#isLost ||= isConnectionLost(error);
      throw inWords(error);
    }
  }

  release(isBroken = false): void {
    this.#channel.close(isBroken || this.#isLost);
  }
}

function isPreliminary(text: string): boolean {
  return PRELIMINARY.test(text) || BEGIN.test(text);
}

function answerOf(text: string): Pick<QueryResult, 'command' | 'rowCount' | 'rows'> {
  return { command: text.toUpperCase(), rowCount: 0, rows: [] };
}

function toText(value: unknown): string | null {
  const sent = toPostgres(value);
  return sent === null ? null : String(sent);
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
