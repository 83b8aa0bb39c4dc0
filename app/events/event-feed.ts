import type { EventView } from '../contract/event.ts';
import type { TaskProgress, TaskView } from '../contract/task.ts';
import type { ReadableIds } from '../database/dialects/dialect.ts';

/** Events read at once. */
const BATCH = 200;
/** Milliseconds until what a running transaction holds back, or could not be read, is looked for again. */
const LOOK_AGAIN = 50;

/** What subscribers are told. Tasks and their progress are not in the log: they have records of their own. */
export type News =
  | { op: 'event'; event: EventView }
  | { op: 'task'; task: TaskView }
  | { op: 'tick'; taskId: string; projectId: string | null; progress: TaskProgress };

/** What the feed reads. */
export interface EventLog {
  settled(): Promise<ReadableIds>;
  /** The oldest first. */
  read(range: { after: number; upTo?: number; limit: number }): Promise<EventView[]>;
}

export interface Subscription {
  /** The subscriber is told each event after this one, once and in order. */
  position: number;
  stop: () => void;
}

/**
 * Tells subscribers what is in the log, in its order. The log alone says what happened: a commit, here or elsewhere, only
 * makes the feed look there. What there is to do is done one after the other.
 */
export class EventFeed {
  readonly #log: EventLog;
  readonly #listeners = new Set<(news: News) => void>();
  #told = 0;
  #turns: Promise<void> = Promise.resolve();
  #waitingTurns = 0;
  #isReadDue = false;
  #again: NodeJS.Timeout | undefined;

  constructor(log: EventLog) {
    this.#log = log;
  }

  async subscribe(listener: (news: News) => void): Promise<Subscription> {
    return await this.#inTurn(async () => {
      // While nobody listens nothing is read.
      if (this.#listeners.size === 0) this.#told = (await this.#log.settled()).upTo;
      this.#listeners.add(listener);
      this.look();
      return { position: this.#told, stop: () => this.#listeners.delete(listener) };
    });
  }

  /** Something may have been added to the log. */
  look(): void {
    if (this.#isReadDue || this.#listeners.size === 0) return;
    this.#isReadDue = true;
    void this.#inTurn(async () => {
      this.#isReadDue = false;
      // What cannot be read now is read the next time.
      const isAll = await this.#read().catch(() => false);
      if (!isAll) this.#lookAgain();
    });
  }

  /** Told after the events that were there before it. */
  tell(news: News): void {
    if (this.#listeners.size === 0) return;
    if (this.#waitingTurns === 0) this.#deliver(news);
    else void this.#inTurn(async () => this.#deliver(news));
  }

  async #read(): Promise<boolean> {
    for (;;) {
      const events = await this.#log.read({ after: this.#told, limit: BATCH });
      // Each id is given once: where none is left out, none can still come between, whoever else writes.
      if (!events.every(({ id }, index) => id === this.#told + 1 + index)) return await this.#readSettled();
      this.#tellAll(events);
      if (events.length < BATCH) return true;
    }
  }

  /** Ids are left out, of transactions that go on or were taken back: only the log knows which. */
  async #readSettled(): Promise<boolean> {
    const { upTo, newest } = await this.#log.settled();
    while (this.#told < upTo) {
      const events = await this.#log.read({ after: this.#told, upTo, limit: BATCH });
      this.#tellAll(events);
      if (events.length < BATCH) this.#told = upTo;
    }
    return upTo >= newest;
  }

  #tellAll(events: readonly EventView[]): void {
    for (const event of events) {
      this.#told = event.id;
      this.#deliver({ op: 'event', event });
    }
  }

  #lookAgain(): void {
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.look(), LOOK_AGAIN).unref();
  }

  #deliver(news: News): void {
    for (const listener of this.#listeners) listener(news);
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#waitingTurns += 1;
    const done = this.#turns.then(work).finally(() => {
      this.#waitingTurns -= 1;
    });
    this.#turns = done.then(
      () => undefined,
      () => undefined,
    );
    return await done;
  }
}
