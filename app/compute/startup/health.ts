import { agentMethods } from '../../contract/agent.methods.ts';
import type { Context } from '../../contract/context.ts';
import { CumuletError } from '../../contract/errors.ts';
import type { GuestCheck, Healthy } from '../../contract/startup.ts';
import type { Bus } from '../../messaging/bus.ts';
import type { ServerRecord } from '../server.tables.ts';

type Asked = Pick<ServerRecord, 'id' | 'hostId' | 'vmState'>;

/** A host answers within seconds, or is not asked any more. */
const ANSWERS_WITHIN_MS = 10_000;

/** Whether machines are well, asked of their hosts: each no more often than every so many milliseconds. */
export class Health {
  readonly #bus: Pick<Bus, 'call'>;
  readonly #context: Context;
  readonly #everyMs: number;
  readonly #known = new Map<string, { at: number; isWell: Promise<boolean> }>();

  constructor(bus: Pick<Bus, 'call'>, context: Context, everyMs: number) {
    this.#bus = bus;
    this.#context = context;
    this.#everyMs = everyMs;
  }

  async isWell(server: Asked, healthy: Healthy): Promise<boolean> {
    if (server.vmState !== 'active' || server.hostId === null) return false;
    if (healthy.kind === 'running') return true;
    const key = `${server.hostId} ${server.id} ${JSON.stringify(healthy)}`;
    const known = this.#known.get(key);
    if (known && performance.now() - known.at < this.#everyMs) return await known.isWell;
    const isWell = this.#ask(`agent.${server.hostId}`, server.id, healthy);
    this.#known.set(key, { at: performance.now(), isWell });
    return await isWell;
  }

  async #ask(host: string, id: string, check: GuestCheck | { kind: 'guest-agent' }): Promise<boolean> {
    const options = { waitForPeer: 0, signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) };
    try {
      if (check.kind === 'guest-agent') {
        return (await this.#bus.call(host, agentMethods.guest, { id }, this.#context, options)).answers;
      }
      const { reason } = await this.#bus.call(host, agentMethods.checkGuest, { id, check }, this.#context, options);
      return reason === null;
    } catch (error) {
      // Its host is away, or cannot ask: it is not known to be well.
      if (error instanceof CumuletError || options.signal.aborted) return false;
      throw error;
    }
  }
}
