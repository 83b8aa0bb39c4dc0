import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { YOUNG_SPACE_FLAG } from '../../bin/young-space.ts';
import { repository } from '../cloud.ts';

export interface ProcessEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** One `cumulet` as a real process, with what it printed. */
export class CumuletProcess {
  /** Settles once the process is gone and all of its output has been read. */
  readonly ended: Promise<ProcessEnd>;
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly #listeners = new Set<(line: string) => void>();
  #hasEnded = false;

  private constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        this.#lines.push(line);
        for (const listener of this.#listeners) listener(line);
      });
    }
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        this.#hasEnded = true;
        resolve({ code, signal });
      });
    });
  }

  static start(args: string[], env: Record<string, string> = {}): CumuletProcess {
    // An inspector, which only a signal opens, takes any port.
    const node = ['--inspect-port=127.0.0.1:0', YOUNG_SPACE_FLAG, join(repository, 'bin', 'cumulet.mjs')];
    return CumuletProcess.#run(process.execPath, [...node, ...args], env);
  }

  /** A controller with that catalogue of images. */
  static withCatalog(dataDir: string, catalog: string, env: Record<string, string>): CumuletProcess {
    const entry = join(repository, 'tests', 'faults', 'catalog-controller.entry.ts');
    return CumuletProcess.#run(process.execPath, [entry, dataDir, catalog], env);
  }

  /** `npm start`, as people type it. */
  static npmStart(args: string[]): CumuletProcess {
    return CumuletProcess.#run('npm', ['start', '--', ...args]);
  }

  static #run(program: string, args: string[], env: Record<string, string> = {}): CumuletProcess {
    const { CUMULET_FAILPOINT: _armed, ...inherited } = process.env;
    const child = spawn(program, args, {
      cwd: repository,
      // What a new cloud begins with has a test of its own; the others need not make it.
      env: { CUMULET_FIRST_IMAGE: 'none', ...inherited, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // In a group of its own, as a terminal would start it: Ctrl-C goes to the group.
      detached: true,
    });
    return new CumuletProcess(child);
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('The process was not started');
    return this.#child.pid;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** All it printed so far, standard output and errors in the order they came. */
  get output(): string {
    return this.#lines.join('\n');
  }

  /** The first line that matches, also one that has come already; fails when the process ends without it. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    const found = Promise.withResolvers<RegExpExecArray>();
    const look = (line: string) => {
      const match = pattern.exec(line);
      if (match) found.resolve(match);
    };
    this.#lines.forEach(look);
    this.#listeners.add(look);
    const gone = this.ended.then(({ code, signal }) => {
      throw new Error(`cumulet ended (${signal ?? code}) without printing ${pattern}:\n${this.output}`);
    });
    try {
      return await Promise.race([found.promise, gone]);
    } finally {
      this.#listeners.delete(look);
    }
  }

  /** Waits for an end it comes to by itself. */
  async endsWithin(seconds: number): Promise<ProcessEnd> {
    const timer = Promise.withResolvers<never>();
    const late = () => timer.reject(new Error(`cumulet still ran after ${seconds} s:\n${this.output}`));
    const timeout = setTimeout(late, seconds * 1000);
    try {
      return await Promise.race([this.ended, timer.promise]);
    } finally {
      clearTimeout(timeout);
    }
  }

  /** What Ctrl-C does: the whole group gets the signal. */
  interrupt(): void {
    process.kill(-this.pid, 'SIGINT');
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<ProcessEnd> {
    if (!this.#hasEnded) process.kill(this.pid, signal);
    return await this.ended;
  }
}
