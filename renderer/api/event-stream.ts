import { create } from 'zustand';
import type { EventFrame } from '../../app/contract/event.ts';
import { EventRefresher } from './event-refresh.ts';
import { queryClient } from './query-client.ts';
import { keys } from './query-keys.ts';
import { readSession, useSessionStore } from './session.ts';
import { getRights } from './v1.api.ts';

export type StreamState = 'connecting' | 'connected' | 'reconnecting' | 'off';

export const useStreamStore = create<{ state: StreamState }>(() => ({ state: 'off' }));

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 15_000;

/**
 * The one WebSocket to `/v1/events`, from sign-in to sign-out. Comes back by itself after a break and goes on after the
 * last event it saw; what is not stored as an event (tasks) is read again then.
 */
class EventStream {
  readonly #refresher = new EventRefresher(queryClient);
  #socket: WebSocket | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #retryMs = FIRST_RETRY_MS;
  #lastEventId: number | null = null;
  #token: string | null = null;

  start(token: string): void {
    if (token === this.#token) return;
    this.stop();
    this.#token = token;
    useStreamStore.setState({ state: 'connecting' });
    this.#connect();
  }

  stop(): void {
    this.#token = null;
    this.#lastEventId = null;
    this.#retryMs = FIRST_RETRY_MS;
    clearTimeout(this.#retry);
    this.#socket?.close();
    this.#socket = null;
    useStreamStore.setState({ state: 'off' });
  }

  #connect(): void {
    const address = new URL('/v1/events', window.location.href);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    if (this.#lastEventId !== null) address.searchParams.set('after', String(this.#lastEventId));
    // A browser cannot set headers on a WebSocket: the token travels as a sub-protocol.
    const socket = new WebSocket(address, ['cumulet.events.v1', `token.${this.#token}`]);
    this.#socket = socket;
    socket.onmessage = (message) => {
      if (socket === this.#socket) this.#receive(JSON.parse(String(message.data)) as EventFrame);
    };
    socket.onclose = () => {
      if (socket === this.#socket) this.#retryLater();
    };
  }

  #receive(frame: EventFrame): void {
    if (frame.op === 'hello') {
      const isReconnection = this.#lastEventId !== null;
      this.#lastEventId ??= frame.lastEventId;
      this.#retryMs = FIRST_RETRY_MS;
      useStreamStore.setState({ state: 'connected' });
      if (isReconnection) void queryClient.invalidateQueries({ queryKey: keys.tasks.all });
      // What could not be read while the controller was away can be now.
      void queryClient.invalidateQueries({ predicate: ({ state }) => state.status === 'error' });
    }
    if (frame.op === 'reset') this.#lastEventId = frame.lastEventId;
    if (frame.op === 'event') this.#lastEventId = frame.event.id;
    this.#refresher.handle(frame);
  }

  #retryLater(): void {
    this.#socket = null;
    useStreamStore.setState({ state: 'reconnecting' });
    this.#retry = setTimeout(() => this.#connect(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
  }
}

const stream = new EventStream();

/** Follows the session: connected while someone is signed in for what has events, which a domain has not. */
export function followSession(): void {
  const apply = async (token: string | undefined): Promise<void> => {
    stream.stop();
    if (token === undefined) return;
    const rights = await queryClient
      .fetchQuery({
        queryKey: keys.rights.of(token),
        queryFn: ({ signal }) => getRights(signal),
        staleTime: Number.POSITIVE_INFINITY,
      })
      .catch(() => null);
    if (readSession()?.token === token && rights?.['v1:events']?.allowed !== false) stream.start(token);
  };
  void apply(readSession()?.token);
  useSessionStore.subscribe((state, before) => {
    if (state.session?.token === before.session?.token) return;
    // Another project or person: nothing read before may be shown.
    queryClient.clear();
    void apply(state.session?.token);
  });
}
