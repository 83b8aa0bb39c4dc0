import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Logger } from 'pino';
import WebSocket, { createWebSocketStream } from 'ws';
import { OperationalError } from '../../app/contract/errors.ts';
import { type ControllerLocator, webSocketUrl } from '../controller-address.ts';

const HANDSHAKE_TIMEOUT_MS = 10_000;

/** Joins machines' streams to the controller's ends of consoles. Bytes pass both ways with back-pressure. */
export class StreamJoiner {
  private readonly locator: ControllerLocator;
  private readonly log: Logger;
  private readonly open = new Set<Duplex>();

  constructor(locator: ControllerLocator, log: Logger) {
    this.locator = locator;
    this.log = log;
  }

  /** Resolves once both ends are open; when either end closes, so does the other. */
  async join(machine: Duplex, streamId: string, signal: AbortSignal): Promise<void> {
    // Until it is joined nobody listens for its failure.
    machine.on('error', () => undefined);
    try {
      const controller = await this.dial(streamId, signal);
      this.pass(machine, controller);
    } catch (error) {
      machine.destroy();
      throw error;
    }
  }

  close(): void {
    for (const stream of this.open) stream.destroy();
  }

  private pass(machine: Duplex, controller: Duplex): void {
    this.open.add(machine);
    const down = pipeline(machine, controller);
    const up = pipeline(controller, machine);
    Promise.allSettled([down, up]).then(() => {
      this.open.delete(machine);
      this.log.debug('a console was closed');
    });
    const endBoth = () => {
      machine.destroy();
      controller.destroy();
    };
    down.then(endBoth, endBoth);
    up.then(endBoth, endBoth);
  }

  private async dial(streamId: string, signal: AbortSignal): Promise<Duplex> {
    const { url, secret } = await this.locator.locate();
    signal.throwIfAborted();
    const socket = new WebSocket(webSocketUrl(url, `/bus/stream/${encodeURIComponent(streamId)}`), {
      headers: { authorization: `Bearer ${secret}` },
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      // Screens do not shrink enough to pay for the delay.
      perMessageDeflate: false,
    });
    const stream = createWebSocketStream(socket);
    // The stream passes the socket's errors on, also those of a handshake that fails below.
    stream.on('error', () => undefined);
    const abort = () => socket.terminate();
    signal.addEventListener('abort', abort, { once: true });
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('open', () => resolve());
        socket.once('error', reject);
        socket.once('close', () => reject(new Error('the controller closed the stream')));
      });
      return stream;
    } catch (error) {
      stream.destroy();
      throw new OperationalError('unavailable', 'agent', `The console stream could not be opened: ${String(error)}`, {
        hint: 'Open the console again.',
        cause: error,
      });
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }
}
