import { createHmac, randomBytes } from 'node:crypto';
import { PasswordHasher } from './password-hash.ts';
import { TooManySignIns } from './sign-in.errors.ts';
import { Turnstile } from './turnstile.ts';

/** So many wrong passwords for one account from one address are allowed within the window. */
const ALLOWED_FAILURES = 10;
const WINDOW_MS = 5 * 60_000;
/** Accounts and addresses remembered at once; the longest unused are forgotten first. */
const KEPT_KEYS = 10_000;
/** Hashing is costly on purpose: this many at once, and this many waiting. */
const HASHING_AT_ONCE = 2;
const HASHING_WAITING = 200;
/** A password that was right is known again for this long without hashing it, so that scripts sign in fast. */
const REMEMBERED_MS = 10 * 60_000;

/** Checks passwords with a limit on wrong ones per account and address, and on the work done at once. */
export class SignInGuard {
  readonly #now: () => number;
  readonly #hasher: PasswordHasher;
  /** Times of wrong passwords, oldest first, by account and address. */
  readonly #failures = new Map<string, number[]>();
  /** MACs of right passwords under a key that only this process has, and when they are forgotten. */
  readonly #remembered = new Map<string, number>();
  readonly #key = randomBytes(32);
  readonly #hashing = new Turnstile(HASHING_AT_ONCE, HASHING_WAITING);
  /** The last of those who ask for each account and address. */
  readonly #asking = new Map<string, Promise<unknown>>();

  constructor(parts: { now?: () => number; hasher?: PasswordHasher } = {}) {
    this.#now = parts.now ?? Date.now;
    this.#hasher = parts.hasher ?? new PasswordHasher();
  }

  /**
   * Is `password` the one behind `stored` (null: no such account)? `account` and `address` name who is counted. Throws
   * {@link TooManySignIns} once there were too many wrong ones.
   */
  async check(attempt: {
    account: string;
    address: string;
    password: string;
    stored: string | null;
  }): Promise<boolean> {
    const key = `${attempt.account}\n${attempt.address}`;
    this.#refuseWhenTooMany(key);
    const mac = this.#macOf(attempt.password, attempt.stored);
    if (mac !== null && (this.#remembered.get(mac) ?? 0) > this.#now()) {
      this.#failures.delete(key);
      return true;
    }
    return await this.#hashing.pass(async () => {
      // Again, because others of the same account may have failed while this one waited.
      this.#refuseWhenTooMany(key);
      const isRight = await this.#hasher.verify(attempt.password, attempt.stored);
      if (isRight) {
        this.#failures.delete(key);
        if (mac !== null) keep(this.#remembered, mac, this.#now() + REMEMBERED_MS);
      } else {
        keep(this.#failures, key, [...this.#recentFailures(key), this.#now()]);
      }
      return isRight;
    });
  }

  /** The same limit for what is proven in another way, such as by a one-time password. */
  async count(who: { account: string; address: string }, isRight: () => Promise<boolean>): Promise<boolean> {
    const key = `${who.account}\n${who.address}`;
    this.#refuseWhenTooMany(key);
    // Counted before it is known, so that many at once gain nothing.
    const time = this.#now();
    keep(this.#failures, key, [...this.#recentFailures(key), time]);
    if (!(await isRight())) return false;
    this.#failures.delete(key);
    return true;
  }

  /**
   * The same limit for a password that somebody else checks, such as an LDAP server: one at a time for each account and
   * address. Where nothing is found out, because it throws, nothing is counted.
   */
  async ask(who: { account: string; address: string }, isRight: () => Promise<boolean>): Promise<boolean> {
    const key = `${who.account}\n${who.address}`;
    const work = async () => {
      this.#refuseWhenTooMany(key);
      const answer = await isRight();
      if (answer) this.#failures.delete(key);
      else keep(this.#failures, key, [...this.#recentFailures(key), this.#now()]);
      return answer;
    };
    const mine = (this.#asking.get(key) ?? Promise.resolve()).then(work, work);
    this.#asking.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.#asking.get(key) === mine) this.#asking.delete(key);
    }
  }

  #recentFailures(key: string): number[] {
    const since = this.#now() - WINDOW_MS;
    return (this.#failures.get(key) ?? []).filter((time) => time > since);
  }

  #refuseWhenTooMany(key: string): void {
    const failures = this.#recentFailures(key);
    const first = failures[0];
    if (first === undefined || failures.length < ALLOWED_FAILURES) return;
    throw new TooManySignIns(Math.max(1, Math.ceil((first + WINDOW_MS - this.#now()) / 1000)));
  }

  /** The stored hash is part of it: a changed password is not remembered. */
  #macOf(password: string, stored: string | null): string | null {
    if (stored === null) return null;
    return createHmac('sha256', this.#key).update(stored).update('\n').update(password.normalize('NFC')).digest('hex');
  }
}

function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > KEPT_KEYS) map.delete(map.keys().next().value ?? '');
}
