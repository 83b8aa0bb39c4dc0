import { type ChildProcess, execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Logger } from 'pino';
import { isAlive, type ProcessIdentity } from '../../process-identity.ts';
import { readHostAddresses, watchHostAddresses } from './host-addresses.ts';
import type { IsolationPrograms } from './isolation-programs.ts';
import { hostAddressesUpdate } from './namespace-rules.ts';

const run = promisify(execFile);

/** A machine's process. */
interface Member {
  process: ProcessIdentity;
  /** Null where that is not known. */
  closedTo: string | null;
}

const UPDATE_TIMEOUT_MS = 30_000;
/** A helper that ended at once would else be started without a pause. */
const WATCH_AGAIN_MS = 1000;
/** The namespaces of this host's machines, which stay closed to the host's addresses as those change. */
export class ClosedNamespaces {
  readonly #log: Logger;
  readonly #findPrograms: () => Promise<IsolationPrograms>;
  readonly #members = new Map<string, Member>();
  #monitor: ChildProcess | null = null;
  #anew: NodeJS.Timeout | undefined;
  #updating: Promise<void> = Promise.resolve();
  #isUpdateDue = false;
  #isClosed = false;

  constructor(parts: { log: Logger; findPrograms: () => Promise<IsolationPrograms> }) {
    this.#log = parts.log;
    this.#findPrograms = parts.findPrograms;
  }

  add(machineId: string, member: Member): void {
    this.#members.set(machineId, member);
  }

  remove(machineId: string): void {
    this.#members.delete(machineId);
  }

  /** Lets go: they stay closed to the addresses the host has now. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#anew);
    this.#members.clear();
    const monitor = this.#monitor;
    if (monitor !== null && monitor.exitCode === null) {
      const ended = new Promise((resolve) => monitor.once('exit', resolve));
      monitor.kill('SIGKILL');
      await ended;
    }
    await this.#updating;
  }

  /** From now on they follow the host's addresses. */
  watch(programs: IsolationPrograms): void {
    if (this.#monitor !== null || this.#isClosed) return;
    const onEnd = () => {
      this.#monitor = null;
      if (this.#isClosed) return;
      this.#log.error("'ip monitor' has ended, which tells of new addresses of this host; it is started again");
      this.#anew = setTimeout(() => {
        this.watch(programs);
        // What was new meanwhile.
        onChange();
      }, WATCH_AGAIN_MS);
      this.#anew.unref();
    };
    const onChange = () => {
      this.update().catch((error) => this.#log.error({ err: error }, "the host's addresses could not be read"));
    };
    this.#monitor = watchHostAddresses(programs, onChange, onEnd);
  }

  /** Closes every namespace to the addresses the host has now. One at a time; a change during it brings another. */
  update(): Promise<void> {
    if (this.#isUpdateDue) return this.#updating;
    this.#isUpdateDue = true;
    this.#updating = this.#updating
      .catch(() => undefined)
      .then(async () => {
        this.#isUpdateDue = false;
        const addresses = await readHostAddresses();
        for (const [id, member] of this.#members) await this.#closeTo(addresses, id, member);
      });
    return this.#updating;
  }

  async #closeTo(addresses: readonly string[], id: string, member: Member): Promise<void> {
    const wanted = addresses.join();
    if (member.closedTo === wanted || !(await isAlive(member.process))) return;
    const { nsenter, nft } = await this.#findPrograms();
    const into = ['--target', String(member.process.pid), '--user', '--net', '--preserve-credentials'];
    try {
      await run(nsenter, [...into, '--', nft, hostAddressesUpdate(addresses)], { timeout: UPDATE_TIMEOUT_MS, env: {} });
      member.closedTo = wanted;
    } catch (error) {
      if (await isAlive(member.process)) {
        this.#log.error(
          { err: error, machine: id },
          "a machine's network could not be closed to new addresses of the host",
        );
      }
    }
  }
}
