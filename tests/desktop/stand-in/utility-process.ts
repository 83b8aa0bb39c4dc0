import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter } from 'node:events';

const parentPort = new URL('./parent-port.ts', import.meta.url).href;

class UtilityProcess extends EventEmitter {
  readonly #child: ChildProcess;

  constructor(child: ChildProcess) {
    super();
    this.#child = child;
    child.on('message', (message) => this.emit('message', message));
    child.on('exit', (code) => this.emit('exit', code ?? 1));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  postMessage(message: string | object): void {
    if (this.#child.connected) this.#child.send(message);
  }

  kill(): boolean {
    return this.#child.kill();
  }
}

export const utilityProcess = {
  fork(modulePath: string, args: string[] = []): UtilityProcess {
    return new UtilityProcess(fork(modulePath, args, { execArgv: ['--import', parentPort], stdio: 'inherit' }));
  },
};
