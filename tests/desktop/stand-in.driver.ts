import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, expect, type Page } from '@playwright/test';
import { z } from 'zod';
import { argumentsOf, type DesktopApp, type DesktopDriver, type DesktopStart } from './desktop-app.ts';
import { findChromium, mainScript, pinnedNode, repository } from './places.ts';

const register = new URL('./stand-in/register.ts', import.meta.url).href;
const answerSchema = z.object({ id: z.number(), result: z.unknown().optional(), error: z.string().optional() });

/** The bundled desktop on the stand-in for Electron, over a Chromium of its own. */
export class StandInDriver implements DesktopDriver {
  readonly #context: BrowserContext;
  readonly #home: string;

  private constructor(context: BrowserContext, home: string) {
    this.#context = context;
    this.#home = home;
  }

  static async create(): Promise<StandInDriver> {
    const home = mkdtempSync(join(tmpdir(), 'cumulet-stand-in-'));
    const context = await chromium.launchPersistentContext(join(home, 'chromium'), {
      executablePath: findChromium(),
      args: ['--no-sandbox', '--remote-debugging-port=0'],
      // Windows have sizes of their own.
      viewport: null,
    });
    // A document that has passed our hands counts as one from the internet, which may not open sockets to this computer.
    await context.grantPermissions(['local-network-access']);
    return new StandInDriver(context, home);
  }

  async start(options: DesktopStart): Promise<DesktopApp> {
    const [port] = readFileSync(join(this.#home, 'chromium', 'DevToolsActivePort'), 'utf8').split('\n');
    const env = {
      ...process.env,
      CUMULET_STAND_IN_HOME: this.#home,
      CUMULET_STAND_IN_CHROMIUM: `http://127.0.0.1:${port}`,
    };
    const spawn = (args: string[]) =>
      fork(mainScript, argumentsOf({ ...options, args }), {
        cwd: repository,
        env,
        execPath: pinnedNode,
        execArgv: ['--disable-warning=ExperimentalWarning', '--import', register],
        // What it prints is its own log; what goes wrong is said on stderr.
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
    return new StandInApp(spawn(options.args ?? []), this.#context, spawn);
  }

  async close(): Promise<void> {
    await this.#context.close();
    rmSync(this.#home, { recursive: true, force: true });
  }
}

class StandInApp implements DesktopApp {
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #context: BrowserContext;
  readonly #spawn: (args: string[]) => ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #requests = 0;

  constructor(child: ChildProcess, context: BrowserContext, spawn: (args: string[]) => ChildProcess) {
    this.#child = child;
    this.#context = context;
    this.#spawn = spawn;
    child.on('message', (message) => this.#receive(message));
    this.ended = once(child, 'exit').then(([code]) => {
      for (const { reject } of this.#waiting.values()) reject(new Error('The desktop has ended.'));
      return typeof code === 'number' ? code : null;
    });
  }

  async evaluate<R>(run: (module: never, argument: never) => R | Promise<R>, argument?: unknown): Promise<R> {
    this.#requests += 1;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(this.#requests, waiting);
    this.#child.send({ id: this.#requests, source: run.toString(), argument });
    return (await waiting.promise) as R;
  }

  async window(address: RegExp): Promise<Page> {
    const matching = () => this.#context.pages().find((page) => address.test(page.url()));
    await expect.poll(() => matching() !== undefined, { timeout: 60_000 }).toBe(true);
    return matching()!;
  }

  async startAgain(...args: string[]): Promise<void> {
    await once(this.#spawn(args), 'exit');
  }

  async close(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.ended;
  }

  #receive(message: unknown): void {
    const { id, result, error } = answerSchema.parse(message);
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(error));
  }
}
