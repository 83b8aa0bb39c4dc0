import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A program of `bench/peers/` in a process of its own, which prints one line when it is ready. */
export class PeerProcess {
  readonly #child: ChildProcess;
  /** What it printed: the address it serves, or nothing of interest. */
  readonly line: string;

  private constructor(child: ChildProcess, line: string) {
    this.#child = child;
    this.line = line;
  }

  static async start(name: string, ...args: string[]): Promise<PeerProcess> {
    const program = fileURLToPath(new URL(`./peers/${name}.ts`, import.meta.url));
    const child = spawn(process.execPath, [program, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
    const line = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).once('line', resolve);
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)));
    });
    return new PeerProcess(child, line);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await ended;
  }
}
