import { EventEmitter } from 'node:events';
import { utilityProcess } from 'electron';

/** How soon an ended process is started again: doubled with each time, back to the first after a while of health. */
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
const HEALTHY_AFTER_MS = 60_000;
/** How long a process may take to stop by itself. */
const STOP_MS = 20_000;

interface Events {
  message: [unknown];
  /** It ended without being asked to, and will be started again. */
  lost: [number];
}

/** One of our command's processes, kept running until it is told to stop. */
export class SupervisedProcess extends EventEmitter<Events> {
  readonly #script: string;
  readonly #args: readonly string[];
  #child: Electron.UtilityProcess | null = null;
  #timer: NodeJS.Timeout | null = null;
  #delayMs = FIRST_DELAY_MS;
  #stopping = false;

  constructor(script: string, args: readonly string[]) {
    super();
    this.#script = script;
    this.#args = args;
  }

  start(): void {
    this.#stopping = false;
    const startedAt = performance.now();
    const child = utilityProcess.fork(this.#script, [...this.#args], {
      serviceName: `Cumulet ${this.#args[0] ?? ''}`,
      stdio: 'inherit',
    });
    this.#child = child;
    child.on('message', (message: unknown) => this.emit('message', message));
    child.once('exit', (code) => {
      this.#child = null;
      if (this.#stopping) return;
      this.emit('lost', code);
      if (performance.now() - startedAt > HEALTHY_AFTER_MS) this.#delayMs = FIRST_DELAY_MS;
      this.#timer = setTimeout(() => this.start(), this.#delayMs);
      this.#delayMs = Math.min(this.#delayMs * 2, LONGEST_DELAY_MS);
    });
  }

  send(message: unknown): void {
    this.#child?.postMessage(message);
  }

  /** Asks it to stop and waits until it is gone; kills it when it does not go. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#timer) clearTimeout(this.#timer);
    const child = this.#child;
    if (!child) return;
    await new Promise<void>((resolve) => {
      const kill = setTimeout(() => child.kill(), STOP_MS);
      child.once('exit', () => {
        clearTimeout(kill);
        resolve();
      });
      child.postMessage('stop');
    });
  }
}
