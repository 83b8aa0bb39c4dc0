import { setTimeout as delay } from 'node:timers/promises';
import { app, type BrowserWindow, dialog } from 'electron';
import { CloudClient, type RunningServer } from './cloud-client.ts';
import type { ControllerProcess } from './controller-process.ts';
import { fill, type Texts } from './texts.ts';

/** How long machines get to shut down before the person is asked again, and how often that is looked at. */
const SHUT_DOWN_MS = 90_000;
const LOOK_MS = 500;
/** Names that fit into a question. */
const SHOWN_NAMES = 5;

export interface QuitParts {
  controller: ControllerProcess;
  texts: Texts;
  /** The window the question belongs to. */
  window(): BrowserWindow | null;
  /** Ends what is ours: agent, controller, tray. */
  stopAll(): Promise<void>;
}

/**
 * The one way out. Where machines run it asks what becomes of them: they go on, they are shut down first, or we stay.
 * A signal or the end of the session asks nothing: the machines go on.
 */
export class QuitGuard {
  readonly #parts: QuitParts;
  #state: 'running' | 'asking' | 'leaving' | 'gone' = 'running';

  constructor(parts: QuitParts) {
    this.#parts = parts;
  }

  /** True from when it is settled that we leave: windows may close. */
  get isLeaving(): boolean {
    return this.#state === 'leaving' || this.#state === 'gone';
  }

  install(): void {
    app.on('before-quit', (event) => {
      if (this.#state === 'gone') return;
      event.preventDefault();
      void this.quit({ ask: true });
    });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => void this.quit({ ask: false }));
    }
  }

  async quit({ ask }: { ask: boolean }): Promise<void> {
    if (this.isLeaving || (this.#state === 'asking' && ask)) return;
    this.#state = 'asking';
    if (ask && !(await this.#mayLeave())) {
      this.#state = 'running';
      return;
    }
    if (this.isLeaving) return;
    this.#state = 'leaving';
    try {
      await this.#parts.stopAll();
    } finally {
      this.#state = 'gone';
      process.stdout.write('Controller and agent stopped. Machines that run keep running; start again to find them.\n');
      app.quit();
    }
  }

  async #mayLeave(): Promise<boolean> {
    const client = await this.#signIn();
    // Another's controller goes on after us, and one that does not answer cannot be asked.
    if (client === null) return true;
    try {
      let running = await client.listRunning();
      let question: keyof Texts['quit'] = 'question_other';
      while (running.length > 0) {
        const choice = await this.#ask(running, question);
        if (choice === 'cancel') return false;
        if (choice === 'keep') return true;
        running = await shutDown(client, running);
        question = 'stillRunning_other';
      }
      return true;
    } catch (error) {
      console.error('The machines could not be asked for:', error);
      return true;
    } finally {
      await client.signOut().catch(() => undefined);
    }
  }

  async #signIn(): Promise<CloudClient | null> {
    try {
      const link = await this.#parts.controller.requestSignInLink();
      return link === null ? null : await CloudClient.signIn(link, this.#parts.texts);
    } catch (error) {
      console.error('The controller could not be asked:', error);
      return null;
    }
  }

  async #ask(
    running: readonly RunningServer[],
    question: 'question_other' | 'stillRunning_other',
  ): Promise<'keep' | 'shutDown' | 'cancel'> {
    const { quit } = this.#parts.texts;
    const again = question === 'stillRunning_other';
    const one = again ? quit.stillRunning_one : quit.question_one;
    const names = running.slice(0, SHOWN_NAMES).map(({ name }) => name);
    if (running.length > SHOWN_NAMES) names.push('…');
    const options = {
      type: 'question' as const,
      message: fill(running.length === 1 ? one : quit[question], { count: running.length, names: names.join(', ') }),
      detail: again ? quit.stillRunningDetail : quit.detail,
      buttons: [quit.keep, quit.shutDown, quit.cancel],
      defaultId: 0,
      cancelId: 2,
      noLink: true,
    };
    const window = this.#parts.window();
    const { response } = await (window ? dialog.showMessageBox(window, options) : dialog.showMessageBox(options));
    return (['keep', 'shutDown', 'cancel'] as const)[response] ?? 'cancel';
  }
}

/** Presses every power button and waits; answers those that still run when the time is over. */
async function shutDown(client: CloudClient, servers: readonly RunningServer[]): Promise<RunningServer[]> {
  const asked = new Set(servers.map(({ id }) => id));
  await Promise.allSettled(servers.map(({ id }) => client.shutDown(id)));
  const until = performance.now() + SHUT_DOWN_MS;
  for (;;) {
    const running = (await client.listRunning()).filter(({ id }) => asked.has(id));
    if (running.length === 0 || performance.now() > until) return running;
    await delay(LOOK_MS);
  }
}
