import type { Database, Transaction } from '../database/database.ts';

/** Of so many subnets it is kept where their addresses go on. */
const MOST_SUBNETS = 10_000;

/** Where each subnet's addresses are handed out next, so that a freed one rests before it is used again. */
export class AddressTurns {
  readonly #database: Database;
  readonly #last = new Map<string, { address: string; turn: number }>();
  /** The same within a transaction that goes on: one that makes many ports goes on from each. */
  readonly #lastWithin = new WeakMap<Transaction, Map<string, string>>();
  /** Which transactions that go on are about to take: others, who would be in their way, take the next. */
  readonly #beingTaken = new Map<string, Transaction>();
  #turn = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The address after which to look. */
  last(trx: Transaction, subnetId: string): string | undefined {
    return this.#lastWithin.get(trx)?.get(subnetId) ?? this.#last.get(subnetId)?.address;
  }

  isBeingTaken(trx: Transaction, subnetId: string, address: string): boolean {
    const taker = this.#beingTaken.get(`${subnetId} ${address}`);
    return taker !== undefined && taker !== trx;
  }

  /** From others, until `trx` has ended. */
  keep(trx: Transaction, subnetId: string, address: string): void {
    const place = `${subnetId} ${address}`;
    this.#beingTaken.set(place, trx);
    this.#database.afterEnd(trx, () => {
      if (this.#beingTaken.get(place) === trx) this.#beingTaken.delete(place);
    });
  }

  /** The next one is behind it. */
  take(trx: Transaction, subnetId: string, address: string): void {
    const within = this.#lastWithin.get(trx) ?? new Map<string, string>();
    this.#lastWithin.set(trx, within.set(subnetId, address));
    this.#turn += 1;
    const taken = { address, turn: this.#turn };
    this.#database.afterCommit(trx, () => {
      // Of those that went on at once the one that came last, in whatever order they end.
      if (taken.turn > (this.#last.get(subnetId)?.turn ?? 0)) this.#goOnFrom(subnetId, taken);
    });
  }

  /** Of many subnets those are forgotten that gave none for the longest time, among them all that are gone. */
  #goOnFrom(subnetId: string, taken: { address: string; turn: number }): void {
    this.#last.delete(subnetId);
    this.#last.set(subnetId, taken);
    const [oldest] = this.#last.keys();
    if (oldest !== undefined && this.#last.size > MOST_SUBNETS) this.#last.delete(oldest);
  }
}
