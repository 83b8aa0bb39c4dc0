import type { Duplex } from 'node:stream';
import { z } from 'zod';
import { OperationalError } from '../../../app/contract/errors.ts';

const messageSchema = z.union([
  z.object({ QMP: z.object({ version: z.unknown() }) }),
  z.object({ event: z.string(), data: z.record(z.string(), z.unknown()).optional() }),
  z.object({ id: z.number().optional(), return: z.unknown() }),
  z.object({ id: z.number().optional(), error: z.object({ class: z.string(), desc: z.string() }) }),
]);

export interface QmpEvent {
  name: string;
  data: Record<string, unknown>;
}

export interface QmpCallOptions {
  timeoutMs?: number;
  signal?: AbortSignal;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** A busy host may keep QEMU's main loop waiting; an answer that takes longer than this will not come. */
const DEFAULT_TIMEOUT_MS = 60_000;
/** QEMU's answers are small; whoever sends more on one line is not QEMU. */
const MAX_LINE_CHARACTERS = 16 * 1024 * 1024;

/** QEMU answered, and said no. `qmpClass` is its error class, mostly `GenericError`. */
export class QmpError extends OperationalError {
  readonly qmpClass: string;
  readonly description: string;

  constructor(command: string, qmpClass: string, description: string) {
    super('hypervisor_failed', 'hypervisor', `QEMU refused ${command}: ${description}`);
    this.qmpClass = qmpClass;
    this.description = description;
  }
}

/**
 * QEMU Machine Protocol (docs/interop/qmp-spec): JSON objects, one a line. Works over any stream: the socket pair a
 * process is born with, or the unix socket a later agent finds it by.
 */
export class QmpClient {
  /** Resolves when the connection is gone, however it went. Never rejects. */
  readonly closed: Promise<void>;
  private readonly stream: Duplex;
  private readonly pending = new Map<number, Pending>();
  private readonly onEvent: (event: QmpEvent) => void;
  private readonly greeted: Promise<void>;
  private greet: () => void = () => undefined;
  private readonly waiters = new Set<(event: QmpEvent) => void>();
  private nextId = 1;
  private rest = '';
  #isClosed = false;

  private constructor(stream: Duplex, onEvent: (event: QmpEvent) => void) {
    this.stream = stream;
    this.onEvent = onEvent;
    this.greeted = new Promise((resolve) => {
      this.greet = resolve;
    });
    this.closed = new Promise((resolve) => {
      stream.once('close', () => {
        this.end();
        resolve();
      });
    });
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => this.receive(text));
    // A reset is only another way for the process to go; 'close' follows and tells.
    stream.on('error', () => undefined);
  }

  /** Waits for the greeting and leaves negotiation mode. Events begin to come after it. */
  static async open(
    stream: Duplex,
    onEvent: (event: QmpEvent) => void,
    options: QmpCallOptions = {},
  ): Promise<QmpClient> {
    const client = new QmpClient(stream, onEvent);
    try {
      const isGone = client.closed.then(() => {
        throw connectionLost('the greeting');
      });
      await withinLimits(Promise.race([client.greeted, isGone]), 'the greeting', options);
      await client.execute('qmp_capabilities', {}, options);
    } catch (error) {
      stream.destroy();
      throw error;
    }
    return client;
  }

  async execute(command: string, args: Record<string, unknown> = {}, options: QmpCallOptions = {}): Promise<unknown> {
    if (this.#isClosed) throw connectionLost(command);
    const id = this.nextId++;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.pending.set(id, {
        resolve,
        reject: (error) => reject(error instanceof QmpRefusal ? error.of(command) : error),
      });
    });
    this.stream.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`);
    try {
      return await withinLimits(answer, command, options);
    } finally {
      this.pending.delete(id);
    }
  }

  /** Human monitor command, for the few things QMP has no command for. Answers what it printed, mostly nothing. */
  async executeHuman(commandLine: string): Promise<string> {
    const printed = await this.execute('human-monitor-command', { 'command-line': commandLine });
    return typeof printed === 'string' ? printed : '';
  }

  /** The next event of that name whose data pass the test. Ask before causing it. */
  async waitForEvent(
    name: string,
    test: (data: Record<string, unknown>) => boolean,
    options: { signal?: AbortSignal } = {},
  ): Promise<QmpEvent> {
    let waiter: ((event: QmpEvent) => void) | undefined;
    const happened = new Promise<QmpEvent>((resolve) => {
      waiter = (event) => {
        if (event.name === name && test(event.data)) resolve(event);
      };
      this.waiters.add(waiter);
    });
    const isGone = this.closed.then((): never => {
      throw connectionLost(`with ${name}`);
    });
    try {
      return await withinLimits(Promise.race([happened, isGone]), name, { ...options, timeoutMs: null });
    } finally {
      if (waiter !== undefined) this.waiters.delete(waiter);
    }
  }

  /** Nothing can be asked any more. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  destroy(): void {
    this.stream.destroy();
  }

  private receive(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    if (this.rest.length > MAX_LINE_CHARACTERS) {
      this.stream.destroy();
      return;
    }
    for (const line of lines) {
      if (line.trim() !== '') this.handle(line);
    }
  }

  private handle(line: string): void {
    let message: z.infer<typeof messageSchema>;
    try {
      message = messageSchema.parse(JSON.parse(line));
    } catch {
      // Not QMP: nothing that follows can be trusted.
      this.stream.destroy();
      return;
    }
    if ('QMP' in message) this.greet();
    else if ('event' in message) this.tell({ name: message.event, data: message.data ?? {} });
    else if (message.id !== undefined) {
      const pending = this.pending.get(message.id);
      if ('error' in message) pending?.reject(new QmpRefusal(message.error.class, message.error.desc));
      else pending?.resolve(message.return);
    }
  }

  private tell(event: QmpEvent): void {
    for (const waiter of this.waiters) waiter(event);
    this.onEvent(event);
  }

  private end(): void {
    this.#isClosed = true;
    for (const pending of this.pending.values()) pending.reject(connectionLost('a command'));
    this.pending.clear();
  }
}

/** An error answer before the command it belongs to is known. */
class QmpRefusal extends Error {
  private readonly qmpClass: string;

  constructor(qmpClass: string, description: string) {
    super(description);
    this.qmpClass = qmpClass;
  }

  of(command: string): QmpError {
    return new QmpError(command, this.qmpClass, this.message);
  }
}

function connectionLost(command: string): OperationalError {
  return new OperationalError('hypervisor_failed', 'hypervisor', `QEMU ended before it answered ${command}.`);
}

/** `timeoutMs` null waits as long as it takes. */
function withinLimits<T>(
  answer: Promise<T>,
  what: string,
  options: { timeoutMs?: number | null; signal?: AbortSignal },
): Promise<T> {
  const timeoutMs = options.timeoutMs === undefined ? DEFAULT_TIMEOUT_MS : options.timeoutMs;
  const { signal } = options;
  return new Promise((resolve, reject) => {
    const expire = () => {
      const message = `QEMU did not answer ${what} within ${Math.round((timeoutMs ?? 0) / 1000)} s.`;
      fail(new OperationalError('timeout', 'hypervisor', message));
    };
    const timer = timeoutMs === null ? undefined : setTimeout(expire, timeoutMs);
    // Whichever way it ends, nothing of it stays: a timer that is left keeps the agent's process alive.
    const stop = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    const fail = (error: unknown) => {
      stop();
      reject(error);
    };
    const abort = () => fail(signal?.reason);
    answer.then((value) => {
      stop();
      resolve(value);
    }, fail);
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}
