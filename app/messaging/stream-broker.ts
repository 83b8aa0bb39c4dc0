import { randomUUID } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { createWebSocketStream, type WebSocket } from 'ws';
import { OperationalError } from '../contract/errors.ts';
import { endSocket } from '../http/end-socket.ts';

/** A host has this long to dial in with the other end of a stream, milliseconds. */
const DIAL_TIME = 15_000;

/** Joins byte streams that agents dial in with (`GET /bus/stream/<id>`) to whoever waits for them. */
export class StreamBroker {
  readonly #waiting = new Map<string, (socket: WebSocket) => void>();

  /** A new stream's id, and the agent's end of it once it has dialled in. Call `done` in any case: it ends both. */
  expect(): { streamId: string; socket: Promise<WebSocket>; done: () => void } {
    const streamId = randomUUID();
    const { promise, resolve, reject } = Promise.withResolvers<WebSocket>();
    let arrived: WebSocket | undefined;
    const timer = setTimeout(() => {
      this.#waiting.delete(streamId);
      reject(new OperationalError('timeout', 'agent', 'The host did not open the stream in time.'));
    }, DIAL_TIME);
    // Whoever gave up before (its call failed) no longer awaits this.
    promise.catch(() => undefined);
    this.#waiting.set(streamId, (socket) => {
      clearTimeout(timer);
      this.#waiting.delete(streamId);
      arrived = socket;
      resolve(socket);
    });
    const done = () => {
      clearTimeout(timer);
      this.#waiting.delete(streamId);
      if (arrived) endSocket(arrived);
    };
    return { streamId, socket: promise, done };
  }

  /** The agent's connection for `streamId`; refused when nobody waits for it. */
  arrive(streamId: string, socket: WebSocket): void {
    const waiting = this.#waiting.get(streamId);
    if (!waiting) {
      socket.close(1008, 'nobody waits for this stream');
      return;
    }
    // Its first bytes may come before anybody listens; the stream laid over it in joinSockets resumes it.
    socket.pause();
    waiting(socket);
  }
}

/** Copies both ways with back-pressure until either side ends. */
export async function joinSockets(one: WebSocket, other: WebSocket): Promise<void> {
  // A stream over a closed socket would never end: its `close` event is past.
  if (one.readyState === one.OPEN && other.readyState === other.OPEN) {
    const left = createWebSocketStream(one);
    const right = createWebSocketStream(other);
    await Promise.allSettled([pipeline(left, right), pipeline(right, left)]);
  }
  endSocket(one);
  endSocket(other);
}
