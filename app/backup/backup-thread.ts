import { Worker } from 'node:worker_threads';
import { fromWire, UnexpectedError, type WireError } from '../contract/errors.ts';
import type { DatabaseCopy } from '../database/database-copies.ts';
import type { BackupLock } from './backup-cipher.ts';
import type { MadeBackup } from './make-backup.ts';

export type BackupOrder =
  | { op: 'make'; dataDir: string; file: string; lock: BackupLock | null }
  | { op: 'copy-database'; dataDir: string }
  | { op: 'lock'; passphrase: string };
export type WorkerNews = { done: number; total: number } | { result: unknown } | { error: WireError };

export interface ThreadOptions {
  signal: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

/** A thread of its own for each work: hashing, encrypting and checking leave the controller's to everybody's requests. */
export class BackupThreads {
  readonly #running = new Set<Worker>();

  make(order: Extract<BackupOrder, { op: 'make' }>, options: ThreadOptions): Promise<MadeBackup> {
    return this.#run(order, options) as Promise<MadeBackup>;
  }

  copyDaily(dataDir: string, options: ThreadOptions): Promise<DatabaseCopy | null> {
    return this.#run({ op: 'copy-database', dataDir }, options) as Promise<DatabaseCopy | null>;
  }

  /** Takes a second or two of a processor, by age's design. */
  makeLock(passphrase: string): Promise<BackupLock> {
    return this.#run({ op: 'lock', passphrase }, { signal: new AbortController().signal }) as Promise<BackupLock>;
  }

  /** None writes into the data folder any more, which is another controller's from then on. What is half done is so on the disk. */
  async close(): Promise<void> {
    await Promise.all([...this.#running].map((worker) => worker.terminate()));
  }

  #run(order: BackupOrder, { signal, onProgress }: ThreadOptions): Promise<unknown> {
    signal.throwIfAborted();
    const worker = new Worker(new URL('./backup.worker.ts', import.meta.url), { name: 'backup', workerData: order });
    this.#running.add(worker);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    let outcome: WorkerNews | undefined;
    const stop = () => worker.postMessage('stop');
    signal.addEventListener('abort', stop, { once: true });
    worker.on('message', (news: WorkerNews) => {
      if ('done' in news) onProgress?.(news.done, news.total);
      else outcome = news;
    });
    worker.once('error', reject);
    // Only then has it let go of its files.
    worker.once('exit', () => {
      this.#running.delete(worker);
      if (outcome !== undefined && 'result' in outcome) resolve(outcome.result);
      else if (outcome !== undefined && 'error' in outcome) reject(fromWire(outcome.error));
      else reject(new UnexpectedError('The thread that makes backups ended'));
    });
    return promise.finally(() => signal.removeEventListener('abort', stop));
  }
}
