import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { type BusFrame, busFrameSchema } from '../contract/bus.ts';
import { once } from '../contract/testing/waiting.ts';

/** A WebSocket server on a port of its own; each connection goes to `accept`. */
export async function listen(
  accept: (socket: WebSocket) => void,
): Promise<{ url: string; close: () => Promise<void> }> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', accept);
  await once(server, 'listening');
  const close = async () => {
    for (const client of server.clients) client.terminate();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

/** An agent that does only what a test tells it. */
export class FakeAgent {
  readonly socket: WebSocket;
  readonly #frames: BusFrame[] = [];
  readonly #waiting: ((frame: BusFrame) => void)[] = [];

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      const frame = busFrameSchema.parse(JSON.parse(String(data)));
      const waiting = this.#waiting.shift();
      if (waiting) waiting(frame);
      else this.#frames.push(frame);
    });
  }

  /** Dials and says hello; resolves when it is welcome. */
  static async join(url: string, host: string): Promise<FakeAgent> {
    const agent = new FakeAgent(new WebSocket(url));
    await once(agent.socket, 'open');
    agent.send({ op: 'hello', host, epoch: 'e1', protocol: 1 });
    await agent.next('welcome');
    return agent;
  }

  send(frame: BusFrame): void {
    this.socket.send(JSON.stringify(frame));
  }

  /** The next frame, which must be of this kind. */
  async next<K extends BusFrame['op']>(op: K): Promise<Extract<BusFrame, { op: K }>> {
    const frame = this.#frames.shift() ?? (await new Promise<BusFrame>((resolve) => this.#waiting.push(resolve)));
    if (frame.op !== op) throw new Error(`expected ${op}, got ${JSON.stringify(frame)}`);
    return frame as Extract<BusFrame, { op: K }>;
  }

  async closed(): Promise<{ code: number; reason: string }> {
    const [code, reason] = await once(this.socket, 'close');
    return { code, reason: String(reason) };
  }
}
