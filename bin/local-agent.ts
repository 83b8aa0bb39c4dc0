import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type AgentHolder, agentHolder } from '../agent/agent-lock.ts';
import packageInfo from '../package.json' with { type: 'json' };
import { type DataFolder, isProcessAlive } from './data-folder.ts';
import { putAsideWhenLarge } from './log.ts';
import type { Settings } from './settings.ts';
import { YOUNG_SPACE_FLAG } from './young-space.ts';

/** Exit code of `cumulet agent` when another agent holds the data folder. */
export const AGENT_HELD_EXIT_CODE = 75;

/** How an agent that crashes is started again. */
export interface RestartTimes {
  firstDelayMs: number;
  longestDelayMs: number;
  /** One that ran this long is started again at once, and the next crash counts as the first. */
  healthyAfterMs: number;
  /** How often an agent that is not our child is looked at. */
  watchMs: number;
  /** How long a stopping agent may take before it is killed. Its machines go on either way. */
  stopMs: number;
}

const USUAL_TIMES: RestartTimes = {
  firstDelayMs: 500,
  longestDelayMs: 30_000,
  healthyAfterMs: 10_000,
  watchMs: 1_000,
  stopMs: 15_000,
};

export interface LocalAgentOptions {
  folder: DataFolder;
  settings: Settings;
  log: Logger;
  /** What is run as `cumulet`: the file this program itself was started from. */
  entry: string;
  times?: RestartTimes;
}

/**
 * Keeps one agent of this computer running: as a child of its own session, so that neither Ctrl-C nor the death of the
 * controller reaches it. An agent that an earlier controller left behind is found by its lock and kept, unless it is of
 * another version: then it is replaced, which its machines outlive.
 */
export class LocalAgent {
  readonly #options: LocalAgentOptions;
  readonly #times: RestartTimes;
  readonly #stopping = new AbortController();
  #child: ChildProcess | null = null;
  #done: Promise<void> = Promise.resolve();

  constructor(options: LocalAgentOptions) {
    this.#options = options;
    this.#times = options.times ?? USUAL_TIMES;
  }

  start(): void {
    this.#done = this.#supervise();
  }

  /** Ends the agent and waits until it is gone. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const own = this.#child?.pid;
    const pid = own ?? holderOf(this.#options.folder)?.pid;
    if (pid !== undefined) await this.#end(pid);
    await this.#done;
  }

  /** Whether it is a child of ours or was left behind; by force when it takes too long. */
  async #end(pid: number): Promise<void> {
    signal(pid, 'SIGTERM');
    const patience = performance.now() + this.#times.stopMs;
    while (isProcessAlive(pid) || holderOf(this.#options.folder)?.pid === pid) {
      if (performance.now() > patience) {
        this.#options.log.warn({ agentPid: pid }, 'the agent did not stop in time and is killed');
        // Not waited for: a parent that does not ask for its end keeps it among the processes.
        return signal(pid, 'SIGKILL');
      }
      await delay(20);
    }
  }

  async #supervise(): Promise<void> {
    const { log, folder } = this.#options;
    let wait = this.#times.firstDelayMs;
    while (!this.#stopping.signal.aborted) {
      const startedAt = performance.now();
      let exit: { code: number | null; signal: NodeJS.Signals | null; err?: unknown };
      try {
        const holder = holderOf(folder);
        if (holder !== null && holder.version !== packageInfo.version) {
          log.info({ agentPid: holder.pid, version: holder.version }, 'an agent of another version is replaced');
          await this.#end(holder.pid);
          continue;
        }
        if (holder !== null) {
          log.info({ agentPid: holder.pid }, 'an agent already runs on this data folder');
          await this.#watch();
          continue;
        }
        exit = await this.#run();
      } catch (err) {
        // No room for its files, say: it is tried again like one that ended.
        exit = { code: null, signal: null, err };
      }
      if (this.#stopping.signal.aborted || exit.code === AGENT_HELD_EXIT_CODE) continue;
      if (performance.now() - startedAt > this.#times.healthyAfterMs) {
        log.error(exit, 'the agent of this computer ended and is started again at once');
        wait = this.#times.firstDelayMs;
        continue;
      }
      log.error({ ...exit, retryInMs: wait }, 'the agent of this computer ended and is started again');
      await this.#pause(wait);
      wait = Math.min(wait * 2, this.#times.longestDelayMs);
    }
  }

  async #run(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    const { entry, folder, settings } = this.#options;
    // A file and not a pipe: an agent that outlives us must still be able to write.
    const outputFile = folder.logFile('agent-output');
    putAsideWhenLarge(outputFile);
    const output = openSync(outputFile, 'a', 0o600);
    const child = spawn(
      process.execPath,
      [
        ...[YOUNG_SPACE_FLAG, entry],
        'agent',
        ...['--data-dir', folder.path],
        ...['--hypervisor', settings.hypervisor],
        ...['--host-name', settings['host-name']],
        ...['--log-level', settings['log-level']],
      ],
      { detached: true, stdio: ['ignore', output, output], windowsHide: true },
    );
    closeSync(output);
    this.#child = child;
    return await new Promise((resolve) => {
      const end = (code: number | null, reason: NodeJS.Signals | null) => {
        this.#child = null;
        resolve({ code, signal: reason });
      };
      child.once('error', () => end(null, null));
      child.once('exit', end);
    });
  }

  /** Returns when nobody holds the folder any more, or when we are to stop. */
  async #watch(): Promise<void> {
    while (!this.#stopping.signal.aborted && holderOf(this.#options.folder) !== null) {
      await this.#pause(this.#times.watchMs);
    }
  }

  async #pause(milliseconds: number): Promise<void> {
    await delay(milliseconds, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}

/** The agent that holds the data folder, or null, also where it has not said who it is yet. */
function holderOf(folder: DataFolder): AgentHolder | null {
  const holder = agentHolder(folder.agentDir);
  return holder !== null && isProcessAlive(holder.pid) ? holder : null;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself in between.
  }
}
