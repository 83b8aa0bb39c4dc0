import { toCloudError } from '../api/cloud-error.ts';
import { type ConsoleEvent, type ConsoleState, type MachinePower, nextConsoleState } from './console-state.ts';

export interface ConsoleConnectionParts {
  /** A token for one connection. */
  askToken: () => Promise<string>;
  dial: (token: string) => WebSocket;
  /** False where the one token of a link is all there is. */
  canRenew: boolean;
}

export interface ConsoleSnapshot {
  state: ConsoleState;
  /** The connection to show; another object after each reconnection. */
  socket: WebSocket | null;
}

/** Keeps a console connected: asks for tokens, dials, comes back after breaks and when its machine does. */
export class ConsoleConnection {
  readonly #parts: ConsoleConnectionParts;
  readonly #listeners = new Set<() => void>();
  #snapshot: ConsoleSnapshot = { state: { phase: 'connecting', attempt: 0 }, socket: null };
  #power: MachinePower = 'unknown';
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Tells apart this attempt to connect from those given up. */
  #turn = 0;
  #isStarted = false;

  constructor(parts: ConsoleConnectionParts) {
    this.#parts = parts;
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    if (this.#power === 'gone') this.#enter({ phase: 'gone' });
    else if (this.#power === 'off' || this.#power === 'cut') this.#enter({ phase: this.#power });
    else this.#enter({ phase: 'connecting', attempt: 0 });
  }

  stop(): void {
    this.#isStarted = false;
    this.#leave();
  }

  retry(): void {
    this.#dispatch({ type: 'retry' });
  }

  /** The view has got an answer from the far side. */
  opened(): void {
    this.#dispatch({ type: 'opened' });
  }

  setPower(power: MachinePower): void {
    if (power === this.#power) return;
    this.#power = power;
    this.#dispatch({ type: 'machine', power });
  }

  readonly snapshot = (): ConsoleSnapshot => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #dispatch(event: ConsoleEvent): void {
    if (!this.#isStarted) return;
    const { canRenew } = this.#parts;
    const before = this.#snapshot.state;
    const state = nextConsoleState(before, event, { canRenew, power: this.#power });
    if (state !== before) this.#enter(state);
  }

  #enter(state: ConsoleState): void {
    if (state.phase === 'open') {
      this.#publish({ ...this.#snapshot, state });
      return;
    }
    this.#leave();
    this.#publish({ state, socket: null });
    if (state.phase === 'connecting') void this.#connect(this.#turn);
    if (state.phase === 'waiting') this.#timer = setTimeout(() => this.retry(), state.delayMs);
  }

  #leave(): void {
    this.#turn += 1;
    clearTimeout(this.#timer);
    this.#snapshot.socket?.close();
  }

  async #connect(turn: number): Promise<void> {
    try {
      const token = await this.#parts.askToken();
      if (turn !== this.#turn) return;
      const socket = this.#parts.dial(token);
      socket.binaryType = 'arraybuffer';
      socket.addEventListener('close', ({ code }) => {
        if (turn === this.#turn) this.#dispatch({ type: 'closed', code });
      });
      this.#publish({ ...this.#snapshot, socket });
    } catch (error) {
      if (turn !== this.#turn) return;
      const { status, message } = toCloudError(error);
      this.#dispatch({ type: 'refused', status, message });
    }
  }

  #publish(snapshot: ConsoleSnapshot): void {
    this.#snapshot = snapshot;
    for (const listener of this.#listeners) listener();
  }
}

/** The address of the byte stream, on the origin this page came from. */
export function consoleAddress(token: string): string {
  const address = new URL('/console/websocket', window.location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  address.searchParams.set('token', token);
  return address.href;
}
