import { UserError } from '../../contract/errors.ts';
import type { Database, Transaction } from '../../database/database.ts';
import { isSecondFactorOnly } from '../credential/delegation.ts';
import type { DomainRecord, UserRecord } from '../directory/directory.repository.ts';
import { notAuthenticated } from '../identity.errors.ts';
import { microseconds } from '../identity-time.ts';
import { receipts } from './token.tables.ts';
import { hashSecret, newToken } from './token.ts';

/** Keystone's `[receipt] expiration`. */
const LIFETIME_MS = 5 * 60_000;

/** More methods are to be proven; `receipt` (a header) stands for those that were (API reference, "Auth receipts"). */
export class MoreMethodsNeeded extends UserError {
  readonly receipt: string;
  readonly body: object;

  constructor(receipt: string, body: object) {
    super('unauthorized', 'Additional authentications steps required.');
    this.receipt = receipt;
    this.body = body;
  }
}

/** Signing in by several methods, in one request or step by step. */
export class ReceiptService {
  readonly #database: Database;
  readonly #now: () => number;

  constructor(parts: { database: Database; now: () => number }) {
    this.#database = parts.database;
    this.#now = parts.now;
  }

  /** The methods the receipt stands for; 401 where it is not this user's, over or unknown. */
  async methodsOf(receipt: string, userId: string): Promise<string[]> {
    const row = await this.#database.query
      .selectFrom('identity_receipt')
      .selectAll()
      .where('hash', '=', hashSecret(receipt))
      .executeTakeFirst();
    if (!row || row.user_id !== userId || Date.parse(row.expires_at) <= this.#now()) {
      throw new UserError('unauthorized', 'Could not find auth receipt.');
    }
    return receipts.toRecord(row).methods;
  }

  /** It has done its work. */
  async drop(trx: Transaction, receipt: string): Promise<void> {
    await trx.deleteFrom('identity_receipt').where('hash', '=', hashSecret(receipt)).execute();
  }

  /**
   * Throws {@link MoreMethodsNeeded} where the user's rules ask for more than `proven`. Rules of which no method is
   * known (`known`) lock nobody out, as in Keystone. A second factor alone is enough only where the user's rules say so.
   */
  async assertEnough(
    user: UserRecord,
    domain: DomainRecord,
    proven: ReadonlySet<string>,
    known: ReadonlySet<string>,
  ): Promise<void> {
    const { multi_factor_auth_enabled: isAsked, multi_factor_auth_rules: asked } = user.options;
    const rules = (isAsked === false ? [] : (asked ?? []))
      .map((rule) => [...new Set(rule)].filter((method) => known.has(method)))
      .filter((rule) => rule.length > 0);
    if (rules.length === 0 && isSecondFactorOnly(proven)) throw notAuthenticated();
    if (rules.length === 0 || rules.some((rule) => rule.every((method) => proven.has(method)))) return;
    const receipt = newToken();
    const now = this.#now();
    const issued_at = new Date(now).toISOString();
    const expires_at = new Date(now + LIFETIME_MS).toISOString();
    const methods = [...proven];
    await this.#database.transaction(async (trx) => {
      const hash = hashSecret(receipt);
      const row = receipts.toRow({ hash, user_id: user.id, methods, issued_at, expires_at });
      await trx.insertInto('identity_receipt').values(row).execute();
    });
    throw new MoreMethodsNeeded(receipt, {
      receipt: {
        methods,
        user: { id: user.id, name: user.name, domain: { id: domain.id, name: domain.name } },
        issued_at: microseconds(issued_at),
        expires_at: microseconds(expires_at),
      },
      required_auth_methods: rules.filter((rule) => rule.some((method) => proven.has(method))),
    });
  }
}
