import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import WebSocket from 'ws';
import type { z } from 'zod';
import { type BusFrame, type BusMethod, busFrameSchema, MAX_BUS_FRAME_BYTES } from '../app/contract/bus.ts';
import type { Context } from '../app/contract/context.ts';
import { BUS_PATH } from '../app/contract/controller.methods.ts';
import { OperationalError, toWire } from '../app/contract/errors.ts';
import type { BusDispatcher } from './bus-dispatcher.ts';
import { type ControllerLocator, webSocketUrl } from './controller-address.ts';
import type { HostIdentity } from './host-identity.ts';

export interface BusClientOptions {
  identity: HostIdentity;
  /** By what the controller may know a host that has no id yet. */
  describe(): { name: string; machines: string[] };
  locator: ControllerLocator;
  dispatcher: BusDispatcher;
  /** Called after each connection is made; the bus serves calls meanwhile. */
  onConnected(): Promise<void>;
  log: Logger;
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;
const HANDSHAKE_TIMEOUT_MS = 10_000;
const CALL_TIMEOUT_MS = 60_000;
/** A controller that vanished without a word (a host that lost power) is noticed after two of these. */
const PING_EVERY_MS = 15_000;
/** Frames are JSON of orders and answers. */
const MAX_FRAME_BYTES = 64 * 1024 * 1024;

/** The agent's end of the bus: one WebSocket to the controller, made again whenever it breaks. */
export class BusClient {
  private readonly options: BusClientOptions;
  /** Changes with each start of the agent, so that the controller can tell a restart from a reconnection. */
  private readonly epoch = randomUUID();
  private readonly pending = new Map<string, Pending>();
  private socket: WebSocket | null = null;
  private isWelcome = false;
  private isClosed = false;
  private failures = 0;
  private pause: NodeJS.Timeout | null = null;
  private watcher: { close(): void } | null = null;

  constructor(options: BusClientOptions) {
    this.options = options;
  }

  open(): void {
    this.watcher = this.options.locator.watch(() => this.dialNow());
    this.dialNow();
  }

  close(): void {
    this.isClosed = true;
    this.watcher?.close();
    if (this.pause !== null) clearTimeout(this.pause);
    this.socket?.close(1001, 'the agent stops');
    this.socket?.terminate();
  }

  get isConnected(): boolean {
    return this.isWelcome;
  }

  async call<A extends z.ZodType, R extends z.ZodType>(
    method: BusMethod<A, R>,
    topic: string,
    args: z.input<A>,
    timeoutMs = CALL_TIMEOUT_MS,
  ): Promise<z.output<R>> {
    const id = randomUUID();
    const answer = new Promise<unknown>((resolve, reject) => this.pending.set(id, { resolve, reject }));
    const timer = setTimeout(() => {
      this.pending.get(id)?.reject(new OperationalError('timeout', 'controller', `No answer to ${method.name}.`));
    }, timeoutMs);
    try {
      const { name, version } = method;
      const frame = { op: 'call' as const, id, topic, method: name, version, context: systemContext(), args };
      if (!this.send(frame)) throw new OperationalError('unavailable', 'agent', 'There is no controller.');
      return method.result.parse(await answer);
    } finally {
      clearTimeout(timer);
      this.pending.delete(id);
    }
  }

  private send(frame: BusFrame): boolean {
    if (this.socket === null || !this.isWelcome) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  private dialNow(): void {
    if (this.pause !== null) clearTimeout(this.pause);
    this.pause = null;
    if (this.isClosed || this.socket !== null || this.isDialling) return;
    this.isDialling = true;
    this.dial()
      .catch((error: unknown) => this.failed(error))
      .finally(() => {
        this.isDialling = false;
      });
  }

  private isDialling = false;

  private async dial(): Promise<void> {
    const { url, secret } = await this.options.locator.locate();
    if (this.isClosed) return;
    const socket = new WebSocket(webSocketUrl(url, BUS_PATH), {
      headers: { authorization: `Bearer ${secret}` },
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      perMessageDeflate: false,
      maxPayload: MAX_FRAME_BYTES,
    });
    this.socket = socket;
    let failure: unknown = new Error('the controller closed the connection');
    socket.once('open', () => {
      const { id } = this.options.identity;
      const who = id === null ? { host: '', ...this.options.describe() } : { host: id };
      const hello: BusFrame = { op: 'hello', ...who, epoch: this.epoch, protocol: 1 };
      socket.send(JSON.stringify(hello));
    });
    socket.on('message', (data) => this.receive(socket, data.toString()));
    socket.on('error', (error) => {
      failure = error;
    });
    const stopPinging = keepAlive(socket);
    socket.once('close', () => {
      stopPinging();
      this.lost(socket);
      this.failed(failure);
    });
  }

  private async settleIdentity(given: string | undefined): Promise<void> {
    const { identity } = this.options;
    if (identity.id !== null) return;
    if (given === undefined) throw new OperationalError('unavailable', 'controller', 'The controller gave no host id.');
    await identity.keep(given);
  }

  private lost(socket: WebSocket): void {
    if (this.socket !== socket) return;
    this.socket = null;
    this.isWelcome = false;
    const error = new OperationalError('unavailable', 'agent', 'The connection to the controller broke.');
    for (const { reject } of this.pending.values()) reject(error);
  }

  /** Pauses grow and are spread, so that many agents do not all come back in the same instant. */
  private failed(error: unknown): void {
    if (this.isClosed) return;
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.failures);
    this.failures += 1;
    const pauseMs = longest * (0.5 + Math.random() / 2);
    const message = error instanceof Error ? error.message : String(error);
    // Waiting for a controller is normal; once is enough to say so.
    if (this.failures === 1) this.options.log.info({ reason: message }, 'no controller; the agent waits for one');
    else this.options.log.debug({ reason: message, pauseMs }, 'the controller was not reached');
    if (this.pause !== null) clearTimeout(this.pause);
    this.pause = setTimeout(() => this.dialNow(), pauseMs);
  }

  private receive(socket: WebSocket, text: string): void {
    // What came on a connection that is not the current one was meant for another moment.
    if (this.socket !== socket) return;
    let frame: BusFrame;
    try {
      frame = busFrameSchema.parse(JSON.parse(text));
    } catch (error) {
      this.options.log.warn({ err: error }, 'the controller sent a frame that is none');
      return;
    }
    switch (frame.op) {
      case 'welcome':
        this.welcome(frame);
        return;
      case 'call':
      case 'cast':
      case 'abort':
        this.options.dispatcher.receive(frame, (answer) => {
          if (socket.readyState === WebSocket.OPEN) socket.send(toText(answer));
        });
        return;
      case 'result':
        this.pending.get(frame.id)?.resolve(frame.result);
        return;
      case 'error':
        this.pending.get(frame.id)?.reject(this.options.dispatcher.readError(frame.error));
        return;
      case 'hello':
      case 'progress':
        return;
    }
  }

  private welcome({ controllerId, hostId }: Extract<BusFrame, { op: 'welcome' }>): void {
    const { socket } = this;
    this.options.log.info({ controllerId, hostId }, 'connected to the controller');
    this.settleIdentity(hostId)
      .then(() => {
        this.isWelcome = this.socket === socket;
        return this.options.onConnected();
      })
      .then(
        () => {
          this.failures = 0;
        },
        (error: unknown) => {
          if (this.isClosed) return;
          this.options.log.error({ err: error }, 'the host could not be reported');
          // A controller that does not know this host is of no use: begin again, after a pause that grows.
          socket?.close(1011, 'host.report failed');
        },
      );
  }
}

/** An answer may hold what a guest wrote: one that is too large fails alone, and not the connection with all others. */
function toText(frame: BusFrame): string {
  const text = JSON.stringify(frame);
  if (frame.op !== 'result' || Buffer.byteLength(text) <= MAX_BUS_FRAME_BYTES) return text;
  const error = new OperationalError('too_large', 'agent', "The host's answer is too large to be sent.");
  return JSON.stringify({ op: 'error', id: frame.id, error: toWire(error, 'agent') });
}

function systemContext(): Context {
  return {
    requestId: `req-${randomUUID()}`,
    userId: null,
    userName: null,
    projectId: null,
    userDomainId: null,
    projectDomainId: null,
    domainId: null,
    systemScope: false,
    roles: [],
    isAdmin: true,
  };
}

function keepAlive(socket: WebSocket): () => void {
  let hasAnswered = true;
  socket.on('pong', () => {
    hasAnswered = true;
  });
  const timer = setInterval(() => {
    if (socket.readyState !== WebSocket.OPEN) return;
    if (!hasAnswered) socket.terminate();
    hasAnswered = false;
    socket.ping();
  }, PING_EVERY_MS);
  return () => clearInterval(timer);
}
