import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { _electron, type ElectronApplication, expect, type Page } from '@playwright/test';
import { argumentsOf, type DesktopApp, type DesktopDriver, type DesktopStart } from './desktop-app.ts';
import { recorderScript, repository } from './places.ts';

/** The bundled desktop on Electron itself. */
export class ElectronDriver implements DesktopDriver {
  readonly #program: string;

  constructor(program: string) {
    this.#program = program;
  }

  async start(options: DesktopStart): Promise<DesktopApp> {
    // Chromium's sandbox does not work as root, which is how containers run tests.
    const switches = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const argumentsWith = (args: string[]) => [...switches, repository, ...argumentsOf({ ...options, args })];
    const application = await _electron.launch({
      executablePath: this.#program,
      // Before the main script, so that it sees the first menu of the tray.
      args: ['--require', recorderScript, ...argumentsWith(options.args ?? [])],
      cwd: repository,
    });
    const startAgain = async (...args: string[]) => {
      await once(spawn(this.#program, argumentsWith(args), { stdio: 'inherit' }), 'exit');
    };
    return new RealApp(application, startAgain);
  }

  async close(): Promise<void> {}
}

class RealApp implements DesktopApp {
  readonly ended: Promise<number | null>;
  readonly evaluate: DesktopApp['evaluate'];
  readonly startAgain: DesktopApp['startAgain'];
  readonly #application: ElectronApplication;

  constructor(application: ElectronApplication, startAgain: DesktopApp['startAgain']) {
    this.#application = application;
    this.startAgain = startAgain;
    this.ended = once(application.process(), 'exit').then(([code]) => (typeof code === 'number' ? code : null));
    this.evaluate = (run, argument) => application.evaluate(run as never, argument) as never;
  }

  async window(address: RegExp): Promise<Page> {
    const matching = () => this.#application.windows().find((page) => address.test(page.url()));
    await expect.poll(() => matching() !== undefined, { timeout: 60_000 }).toBe(true);
    return matching()!;
  }

  async close(): Promise<void> {
    this.#application.process().kill('SIGTERM');
    await this.ended;
  }
}
