import type { Duplex } from 'node:stream';
import { z } from 'zod';
import { connectSocket } from './connect-socket.ts';
import { GUEST_AGENT_CHARDEV } from './device-options.ts';
import { GuestAgentSession, GuestSilent } from './guest-agent-session.ts';
import type { QmpClient } from './qmp-client.ts';

/** So many wait for a guest that takes its time; the next are not heard. */
const MOST_WAITING = 8;

const chardevsSchema = z.array(z.object({ label: z.string(), 'frontend-open': z.boolean() }));

/** The way to the guest agent of a running machine. Whoever wants to speak with it waits for those before. */
export class GuestAgentPort {
  readonly #client: QmpClient;
  readonly #socket: string;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(client: QmpClient, socket: string) {
    this.#client = client;
    this.#socket = socket;
  }

  /** All of it within that time, milliseconds, from when its turn has come; {@link GuestSilent} where it is not. */
  async speak<T>(withinMs: number, talk: (session: GuestAgentSession) => Promise<T>): Promise<T> {
    if (this.#waiting >= MOST_WAITING) throw new GuestSilent('silent');
    this.#waiting += 1;
    const turn = this.#turn
      .then(() => this.#speak(withinMs, talk))
      .finally(() => {
        this.#waiting -= 1;
      });
    this.#turn = turn.catch(() => undefined);
    return await turn;
  }

  /** Whether somebody in the guest has the port open: asked of QEMU, so that nobody waits for a guest without the agent. */
  async #requireOpen(timeoutMs: number): Promise<void> {
    const chardevs = chardevsSchema.parse(await this.#client.execute('query-chardev', {}, { timeoutMs }));
    const port = chardevs.find(({ label }) => label === GUEST_AGENT_CHARDEV);
    if (port === undefined) throw new GuestSilent('no-port');
    if (!port['frontend-open']) throw new GuestSilent('not-installed');
  }

  async #speak<T>(withinMs: number, talk: (session: GuestAgentSession) => Promise<T>): Promise<T> {
    await this.#requireOpen(withinMs);
    const stream = await this.#connect();
    const session = new GuestAgentSession(stream, withinMs);
    try {
      await session.open();
      return await talk(session);
    } finally {
      session.close();
    }
  }

  async #connect(): Promise<Duplex> {
    const stream = await connectSocket(this.#socket);
    if (stream === null) throw new GuestSilent('silent');
    return stream;
  }
}
