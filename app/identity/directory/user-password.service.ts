import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import type { Transaction } from '../../database/database.ts';
import { flag } from '../../database/table.ts';
import { notAuthenticated } from '../identity.errors.ts';
import type { IdentityParts } from '../identity.parts.ts';
import type { SecurityCompliance } from '../identity.settings.ts';
import { readOnly } from '../ldap/ldap-write-rules.ts';
import type { NamedUser, UserFinder } from '../token/auth-method.ts';
import type { SignInGuard } from '../token/sign-in-guard.ts';
import { dayOf } from './directory.record.ts';
import type { UserOptions, UserRecord } from './directory.tables.ts';
import { assertAcceptable, assertMayChange, expiryOf, isExpired, isLocked } from './password-rules.ts';

/** `wrong` is also said of accounts that are disabled or not there; `expired` only to who knows the password. */
export type PasswordCheck = 'ok' | 'wrong' | 'locked' | 'expired';

interface Parts extends Pick<IdentityParts, 'database' | 'directory' | 'tokens' | 'events' | 'hasher' | 'now'> {
  guard: SignInGuard;
  people: UserFinder;
  rules: SecurityCompliance;
}

/** Passwords of users: checking, changing and setting them under the rules of `[identity.security_compliance]`. */
export class UserPasswordService {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * What sign-in asks: is it the password of `user` (undefined: nobody of that name, in an enabled domain)? `account`
   * names who is counted where there is no user, `isPassword` asks who knows the password instead of this database. Costs the same whatever it answers, counts failures for the lockout,
   * and throws `TooManySignIns` where the guard's limits are reached. Only `ok` may lead to a token; `expired` is
   * answered with {@link passwordExpired}, all else with `notAuthenticated`.
   */
  async check(attempt: NamedUser & { password: string; address: string }): Promise<PasswordCheck> {
    const { user, password, address, isPassword } = attempt;
    const canSignIn = user?.enabled && !isLocked(user, this.#parts.rules, this.#parts.now());
    const account = user ? `user ${user.id}` : attempt.account;
    const isRight = isPassword
      ? await this.#parts.guard.ask({ account, address }, () => isPassword(password))
      : await this.#parts.guard.check({ account, address, password, stored: canSignIn ? user.password_hash : null });
    if (!user) return 'wrong';
    return await this.#judge(user.id, isRight);
  }

  /**
   * A user's own change, proven by the old password alone (Keystone asks for no token here, and it may have expired).
   * All tokens of the user end.
   */
  async change(
    context: Context,
    userId: string,
    change: { original_password: string; password: string },
    address: string,
  ): Promise<void> {
    const named = await this.#parts.people.find({ id: userId });
    const { user } = named;
    const outcome = await this.check({ ...named, password: change.original_password, address });
    if (!user || (outcome !== 'ok' && outcome !== 'expired')) throw notAuthenticated();
    if (named.isPassword) throw readOnly();
    assertMayChange(user, this.#parts.rules, this.#parts.now());
    assertAcceptable(change.password, this.#parts.rules);
    await this.#assertNew(user, change.password);
    const hash = await this.#parts.hasher.hash(change.password);
    await this.#parts.database.transaction(async (trx) => {
      const now = await this.#parts.directory.findUser({ id: userId }, trx);
      // Somebody else changed it meanwhile: what was proven is no longer true.
      if (now?.password_hash !== user.password_hash) throw notAuthenticated();
      await this.#write(trx, user, hash, 'user');
      await this.#parts.tokens.end(trx, { userId });
      await this.#parts.events.record(trx, context, {
        type: 'identity.user.updated',
        resourceId: userId,
        projectId: null,
      });
    });
  }

  /** The hash of a password an administrator gives; 400 where the rules refuse it. Costly: not within a transaction. */
  async hash(password: string): Promise<string> {
    assertAcceptable(password, this.#parts.rules);
    return await this.#parts.hasher.hash(password);
  }

  /** Sets (or, with null, takes away) the password as an administrator does. Ending tokens is up to the caller. */
  async reset(trx: Transaction, user: UserRecord, hash: string | null): Promise<void> {
    await this.#write(trx, user, hash, 'administrator');
  }

  /** The columns of a password, such as an administrator gives to a new user. */
  columnsOf(hash: string | null, options: UserOptions, by: 'user' | 'administrator' = 'administrator') {
    const now = this.#parts.now();
    return {
      password_hash: hash,
      password_created_at: hash === null ? null : new Date(now).toISOString(),
      password_expires_at: hash === null ? null : expiryOf(by, options, this.#parts.rules, now),
    };
  }

  /** Again and in one transaction, because others may have failed while this one was hashed. */
  async #judge(userId: string, isRight: boolean): Promise<PasswordCheck> {
    const now = this.#parts.now();
    const today = dayOf(now);
    const read = await this.#parts.directory.findUser({ id: userId });
    const countsFailures = this.#parts.rules.lockout_failure_attempts !== undefined;
    const hasNothingToWrite = isRight && read?.failed_count === 0 && read.last_active_on === today;
    if (hasNothingToWrite || (!isRight && !countsFailures)) return outcomeOf(read, isRight, this.#parts.rules, now);
    return await this.#parts.database.transaction(async (trx) => {
      const user = await this.#parts.directory.findUser({ id: userId }, trx);
      const outcome = outcomeOf(user, isRight, this.#parts.rules, now);
      if (!user || outcome === 'locked') return outcome;
      // A lockout that has ended starts a new series.
      const wasLocked = user.failed_count >= (this.#parts.rules.lockout_failure_attempts ?? Infinity);
      await trx
        .updateTable('identity_user')
        .set(
          isRight
            ? { failed_count: 0, failed_at: null, last_active_on: today }
            : { failed_count: wasLocked ? 1 : user.failed_count + 1, failed_at: new Date(now).toISOString() },
        )
        .where('id', '=', userId)
        .execute();
      return outcome;
    });
  }

  async #assertNew(user: UserRecord, password: string): Promise<void> {
    const count = this.#parts.rules.unique_last_password_count;
    if (count === 0) return;
    const earlier = await this.#parts.database.query
      .selectFrom('identity_password_history')
      .select('password_hash')
      .where('user_id', '=', user.id)
      .orderBy('created_at', 'desc')
      .orderBy('place', 'desc')
      .limit(count - 1)
      .execute();
    for (const hash of [user.password_hash, ...earlier.map((row) => row.password_hash)]) {
      if (!(await this.#parts.hasher.verify(password, hash))) continue;
      throw new UserError(
        'bad_request',
        `The new password cannot be identical to a previous password. The total number which includes the new password must be unique is ${count}.`,
        { field: 'user.password' },
      );
    }
  }

  async #write(trx: Transaction, user: UserRecord, hash: string | null, by: 'user' | 'administrator'): Promise<void> {
    await trx
      .updateTable('identity_user')
      .set({ ...this.columnsOf(hash, user.options, by), password_self_service: flag.write(by === 'user') })
      .where('id', '=', user.id)
      .execute();
    await this.#keepInHistory(trx, user, new Date(this.#parts.now()).toISOString());
  }

  async #keepInHistory(trx: Transaction, user: UserRecord, at: string): Promise<void> {
    const kept = this.#parts.rules.unique_last_password_count - 1;
    if (kept > 0 && user.password_hash !== null) {
      const last = await trx
        .selectFrom('identity_password_history')
        .select((e) => e.fn.max('place').as('place'))
        .where('user_id', '=', user.id)
        .executeTakeFirst();
      const place = (last?.place ?? 0) + 1;
      await trx
        .insertInto('identity_password_history')
        .values({ user_id: user.id, password_hash: user.password_hash, created_at: at, place })
        .execute();
    }
    const newest = trx
      .selectFrom('identity_password_history')
      .select('password_hash')
      .where('user_id', '=', user.id)
      .orderBy('created_at', 'desc')
      .orderBy('place', 'desc')
      .limit(Math.max(kept, 0));
    await trx
      .deleteFrom('identity_password_history')
      .where('user_id', '=', user.id)
      .where('password_hash', 'not in', newest)
      .execute();
  }
}

function outcomeOf(
  user: UserRecord | undefined,
  isRight: boolean,
  rules: SecurityCompliance,
  now: number,
): PasswordCheck {
  if (!user?.enabled) return 'wrong';
  if (isLocked(user, rules, now)) return 'locked';
  if (!isRight) return 'wrong';
  return isExpired(user, now) ? 'expired' : 'ok';
}
