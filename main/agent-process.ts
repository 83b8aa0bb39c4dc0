import { SupervisedProcess } from './supervised-process.ts';

/**
 * The agent of this computer, also a process of its own. It ends at once when another agent holds the data folder, and
 * is then tried again now and then: whichever of the two stays, machines keep running.
 */
export class AgentProcess {
  readonly #process: SupervisedProcess;

  constructor(script: string, args: readonly string[]) {
    this.#process = new SupervisedProcess(script, ['agent', ...args]);
  }

  start(): void {
    this.#process.start();
  }

  async stop(): Promise<void> {
    await this.#process.stop();
  }
}
