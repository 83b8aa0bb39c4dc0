import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import type { z } from 'zod';
import { type BusFrame, type BusMethod, busFrameSchema } from '../contract/bus.ts';
import type { Context } from '../contract/context.ts';
import {
  ERROR_STATUS,
  fromWire,
  OperationalError,
  toWire,
  UnexpectedError,
  UserError,
  type WireError,
} from '../contract/errors.ts';
import type { Bus, CallOptions, PeerChange } from './bus.ts';

interface PendingCall {
  host: string;
  /** The connection it went out on: only that one may answer it, and its end is the call's end. */
  socket: WebSocket;
  resolve: (result: unknown) => void;
  reject: (error: unknown) => void;
  onProgress: CallOptions['onProgress'];
}

/** An agent that does not know its host's id yet. */
export interface UnnamedHost {
  name: string;
  machines: string[];
}

interface Handler {
  method: BusMethod<z.ZodType, z.ZodType>;
  run: (args: unknown, context: Context) => Promise<unknown>;
}

const PEER_WAIT = 30_000;
/** Milliseconds. An agent from which nothing came, not even an answer, for so many pings in a row is taken for gone. */
const PING_EVERY = 5000;
const UNANSWERED = 3;
const STOPPING = 'the controller stops';

/** The default bus: inside the controller, agents dial in over WebSocket (`GET /bus`). */
export class Hub implements Bus {
  readonly #log: Logger;
  readonly #controllerId: string;
  readonly #peers = new Map<string, WebSocket>();
  readonly #pending = new Map<string, PendingCall>();
  readonly #handlers = new Map<string, Handler>();
  readonly #emitter = new EventEmitter();
  #nextCall = 0;
  #identify: (host: UnnamedHost) => Promise<string> = async () => randomUUID();
  #closed = false;

  constructor(parts: { log: Logger; controllerId: string }) {
    this.#log = parts.log;
    this.#controllerId = parts.controllerId;
    this.#emitter.setMaxListeners(0);
  }

  /**
   * Takes over a WebSocket whose secret was checked; it belongs to the host it says hello as. `allowedHost` is the one
   * the secret was made for, null for the secret of this computer's owner, who may speak for any.
   */
  accept(socket: WebSocket, allowedHost: string | null): void {
    if (this.#closed) {
      socket.close(1001, STOPPING);
      return;
    }
    let host: string | undefined;
    let unanswered = 0;
    const ping = setInterval(() => {
      if (unanswered === UNANSWERED) return socket.terminate();
      unanswered += 1;
      socket.ping();
    }, PING_EVERY);
    socket.on('pong', () => {
      unanswered = 0;
    });
    socket.on('message', (data) => {
      unanswered = 0;
      const frame = parseFrame(String(data));
      if (!frame) return socket.close(1008, 'not a frame of the bus');
      if (frame.op === 'hello') {
        if (host !== undefined) return socket.close(1008, 'one hello is enough');
        if (allowedHost !== null && frame.host !== allowedHost)
          return socket.close(1008, 'this secret belongs to another host');
        host = frame.host;
        if (host !== '') return this.#join(host, socket);
        this.#identify({ name: frame.name ?? '', machines: frame.machines ?? [] }).then(
          (id) => {
            host = id;
            if (socket.readyState === socket.OPEN) this.#join(id, socket);
          },
          (error: unknown) => {
            this.#log.error({ err: error }, 'a new host could not be given its id');
            socket.close(1011, 'no id for this host');
          },
        );
      } else if (host) {
        this.#receive(host, socket, frame).catch((error) =>
          this.#log.error({ err: error, host, op: frame.op }, 'a frame could not be handled'),
        );
      }
    });
    socket.on('close', () => {
      clearInterval(ping);
      if (host) this.#leave(host, socket);
    });
    socket.on('error', (error) => this.#log.warn({ err: error, host }, 'bus connection failed'));
  }

  async call<A extends z.ZodType, R extends z.ZodType>(
    topic: string,
    method: BusMethod<A, R>,
    args: z.input<A>,
    context: Context,
    options: CallOptions = {},
  ): Promise<z.output<R>> {
    const checked = method.args.parse(args);
    const host = topic.replace(/^agent\./, '');
    const socket = await this.#peer(host, options);
    const id = String(++this.#nextCall);
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#pending.set(id, { host, socket, resolve, reject, onProgress: options.onProgress });
    });
    const abort = () => this.#send(socket, { op: 'abort', id });
    options.signal?.addEventListener('abort', abort, { once: true });
    try {
      this.#send(socket, {
        op: 'call',
        id,
        topic,
        method: method.name,
        version: method.version,
        context,
        args: checked,
      });
      const result = method.result.safeParse(await answer);
      if (result.success) return result.data;
      throw new UnexpectedError(`Host ${host} gave no proper answer to ${method.name}`, result.error, 'agent');
    } finally {
      options.signal?.removeEventListener('abort', abort);
      this.#pending.delete(id);
    }
  }

  cast<A extends z.ZodType, R extends z.ZodType>(
    topic: string,
    method: BusMethod<A, R>,
    args: z.input<A>,
    context: Context,
  ): void {
    const socket = this.#peers.get(topic.replace(/^agent\./, ''));
    if (!socket) return;
    const { name, version } = method;
    this.#send(socket, { op: 'cast', topic, method: name, version, context, args: method.args.parse(args) });
  }

  fanout<A extends z.ZodType, R extends z.ZodType>(method: BusMethod<A, R>, args: z.input<A>, context: Context): void {
    for (const host of this.#peers.keys()) this.cast(`agent.${host}`, method, args, context);
  }

  handle<A extends z.ZodType, R extends z.ZodType>(
    method: BusMethod<A, R>,
    handler: (args: z.output<A>, context: Context) => Promise<z.input<R>>,
  ): void {
    this.#handlers.set(method.name, {
      method,
      run: (args, context) => handler(args as z.output<A>, context),
    });
  }

  /** Who decides which host an agent without an id is; without it each is a new one. */
  identifyBy(identify: (host: UnnamedHost) => Promise<string>): void {
    this.#identify = identify;
  }

  onPeerChange(listener: (change: PeerChange) => void): void {
    this.#emitter.on('peer', listener);
  }

  close(): void {
    this.#closed = true;
    for (const [host, socket] of this.#peers) {
      socket.close(1001, STOPPING);
      this.#failCalls(host, socket);
    }
    this.#peers.clear();
    this.#emitter.emit('wake');
  }

  #join(host: string, socket: WebSocket): void {
    const former = this.#peers.get(host);
    this.#peers.set(host, socket);
    if (former) {
      former.close(1008, 'replaced by a newer connection');
      this.#failCalls(host, former);
    }
    this.#send(socket, { op: 'welcome', controllerId: this.#controllerId, hostId: host });
    this.#emitter.emit('wake');
    this.#emitter.emit('peer', { host, state: 'up' } satisfies PeerChange);
  }

  #leave(host: string, socket: WebSocket): void {
    this.#failCalls(host, socket);
    if (this.#peers.get(host) !== socket) return;
    this.#peers.delete(host);
    this.#emitter.emit('peer', { host, state: 'down' } satisfies PeerChange);
  }

  #failCalls(host: string, socket: WebSocket): void {
    for (const call of this.#pending.values()) if (call.socket === socket) call.reject(unavailable(host));
  }

  async #receive(host: string, socket: WebSocket, frame: BusFrame): Promise<void> {
    const asked = 'id' in frame ? this.#pending.get(frame.id) : undefined;
    const call = asked?.socket === socket ? asked : undefined;
    if (frame.op === 'progress') call?.onProgress?.(frame.progress);
    else if (frame.op === 'result' || frame.op === 'error') {
      if (!call) return;
      this.#pending.delete(frame.id);
      if (frame.op === 'result') call.resolve(frame.result);
      else call.reject(errorOf(frame.error));
    } else if (frame.op === 'call' || frame.op === 'cast') {
      try {
        const result = await this.#dispatch(frame);
        if (frame.op === 'call') this.#send(socket, { op: 'result', id: frame.id, result });
      } catch (error) {
        if (frame.op === 'call') this.#send(socket, { op: 'error', id: frame.id, error: toWire(error) });
        else this.#log.warn({ err: error, host, method: frame.method }, 'a cast could not be handled');
      }
    }
  }

  async #dispatch(frame: { method: string; version: number; args: unknown; context: Context }): Promise<unknown> {
    const handler = this.#handlers.get(frame.method);
    if (handler?.method.version !== frame.version) {
      throw new OperationalError(
        'unknown_method',
        'controller',
        `The controller does not know ${frame.method} at version ${frame.version}`,
        { hint: 'Run the same version of Cumulet on the controller and on its hosts.' },
      );
    }
    const args = handler.method.args.safeParse(frame.args);
    if (!args.success) throw new UserError('bad_request', args.error.message);
    return await handler.run(args.data, frame.context);
  }

  async #peer(host: string, options: CallOptions): Promise<WebSocket> {
    return await new Promise<WebSocket>((resolve, reject) => {
      const settle = () => {
        const socket = this.#peers.get(host);
        if (!socket && !this.#closed && !options.signal?.aborted) return;
        stop();
        if (options.signal?.aborted) reject(options.signal.reason);
        else if (socket) resolve(socket);
        else reject(unavailable(host));
      };
      const timer = setTimeout(() => {
        stop();
        reject(unavailable(host));
      }, options.waitForPeer ?? PEER_WAIT);
      const stop = () => {
        clearTimeout(timer);
        this.#emitter.off('wake', settle);
        options.signal?.removeEventListener('abort', settle);
      };
      this.#emitter.on('wake', settle);
      options.signal?.addEventListener('abort', settle);
      settle();
    });
  }

  #send(socket: WebSocket, frame: BusFrame): void {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame));
  }
}

function parseFrame(text: string): BusFrame | undefined {
  try {
    const parsed = busFrameSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** A newer agent may know codes that this controller does not. */
function errorOf(wire: Extract<BusFrame, { op: 'error' }>['error']): Error {
  return fromWire(
    Object.hasOwn(ERROR_STATUS, wire.code) ? (wire as WireError) : { ...wire, kind: 'unexpected', code: 'unexpected' },
  );
}

function unavailable(host: string): OperationalError {
  return new OperationalError('unavailable', 'controller', `Host ${host} is not connected.`, {
    hint: 'Start its agent, or check the network between it and the controller.',
  });
}
