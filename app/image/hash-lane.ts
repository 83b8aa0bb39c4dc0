import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { UnexpectedError } from '../contract/errors.ts';

export type HashOrder =
  | { op: 'open'; stream: number; algorithm: string }
  | { op: 'update'; stream: number; block: SharedArrayBuffer; length: number }
  | { op: 'digest'; stream: number }
  | { op: 'close'; stream: number };
export type HashAnswer = { stream: number; digest?: string };

/** One hash of one stream of blocks. `update` resolves once the block may be used again. */
export interface BlockHash {
  update(block: SharedArrayBuffer, length: number): Promise<void>;
  digest(): Promise<string>;
  /** Lets go of a stream that will not be finished. */
  close(): void;
}

/** A lane without work ends its thread after this long. */
const IDLE_MS = 15_000;

/**
 * A thread that hashes with one algorithm for all uploads there are. A lane each for MD5 and SHA-512 makes an upload as
 * fast as the slower of both on a core of its own, and leaves the controller's thread to everybody else's requests.
 */
export class HashLane {
  readonly #algorithm: string;
  #worker: Worker | undefined;
  #nextStream = 1;
  readonly #waiting = new Map<number, ((answer: HashAnswer | Error) => void)[]>();
  #idle: NodeJS.Timeout | undefined;

  constructor(algorithm: string) {
    this.#algorithm = algorithm;
  }

  open(): BlockHash {
    const stream = this.#nextStream++;
    this.#waiting.set(stream, []);
    this.#send({ op: 'open', stream, algorithm: this.#algorithm });
    return {
      update: async (block, length) => {
        await this.#ask({ op: 'update', stream, block, length });
      },
      digest: async () => {
        const { digest } = await this.#ask({ op: 'digest', stream });
        this.#end(stream);
        return digest ?? '';
      },
      close: () => {
        if (!this.#waiting.has(stream)) return;
        this.#send({ op: 'close', stream });
        this.#end(stream);
      },
    };
  }

  async terminate(): Promise<void> {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #ask(order: HashOrder): Promise<HashAnswer> {
    return new Promise((resolve, reject) => {
      const line = this.#waiting.get(order.stream);
      if (!line) return reject(new UnexpectedError('The hash of this stream has ended'));
      line.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer)));
      this.#send(order);
    });
  }

  #send(order: HashOrder): void {
    clearTimeout(this.#idle);
    this.#thread().postMessage(order);
  }

  #thread(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(new URL('./hash.worker.ts', import.meta.url), { name: `hash-${this.#algorithm}` });
    worker.unref();
    worker.on('message', (answer: HashAnswer) => this.#waiting.get(answer.stream)?.shift()?.(answer));
    worker.on('error', (error) => this.#fail(worker, error));
    worker.on('exit', () => this.#fail(worker, new UnexpectedError('The hashing thread ended')));
    this.#worker = worker;
    return worker;
  }

  #fail(worker: Worker, error: unknown): void {
    if (this.#worker === worker) this.#worker = undefined;
    for (const line of this.#waiting.values()) {
      for (const settle of line.splice(0)) settle(error instanceof Error ? error : new UnexpectedError(String(error)));
    }
  }

  #end(stream: number): void {
    this.#waiting.delete(stream);
    if (this.#waiting.size > 0) return;
    this.#idle = setTimeout(() => void this.terminate(), IDLE_MS);
    this.#idle.unref();
  }
}

/** The same on the caller's own thread, for what is too small to start one. */
export function inlineHash(algorithm: string): BlockHash {
  const hash = createHash(algorithm);
  return {
    update: async (block, length) => {
      hash.update(new Uint8Array(block, 0, length));
    },
    digest: async () => hash.digest('hex'),
    close: () => {},
  };
}
