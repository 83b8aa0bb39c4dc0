import { EventEmitter, once } from 'node:events';
import { z } from 'zod';
import { type CumuletError, ERROR_STATUS, type ErrorCode, fromWire } from '../app/contract/errors.ts';
import { wireErrorSchema } from '../app/contract/task.ts';
import { SupervisedProcess } from './supervised-process.ts';

/** What the controller's process says; see bin/desktop-controller.command.ts. */
const messageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), url: z.url(), signInLink: z.url(), logFolder: z.string() }),
  z.object({ type: z.literal('held'), url: z.url(), logFolder: z.string() }),
  z.object({ type: z.literal('failed'), error: wireErrorSchema.extend({ code: z.string().transform(toErrorCode) }) }),
  z.object({ type: z.literal('sign-in-link'), signInLink: z.url() }),
]);

interface Events {
  /** It listens: at its first start, and again after a crash. One that ran before us gives no sign-in link. */
  ready: [{ url: string; signInLink: string | null; logFolder: string }];
  failed: [CumuletError];
  signInLink: [string];
}

/** The controller in a utility process: its database calls are synchronous and must never stall a window. */
export class ControllerProcess extends EventEmitter<Events> {
  readonly #process: SupervisedProcess;
  /** False when the data folder is served by a process that is not ours, and that we leave alone. */
  #isOwn = false;

  constructor(script: string, args: readonly string[]) {
    super();
    this.#process = new SupervisedProcess(script, ['desktop-controller', ...args]);
    this.#process.on('message', (message) => this.#receive(messageSchema.parse(message)));
  }

  start(): void {
    this.#process.start();
  }

  /** A fresh link that signs in once; null when the controller is not ours to ask. */
  async requestSignInLink(): Promise<string | null> {
    if (!this.#isOwn) return null;
    const answered: Promise<[string]> = once(this, 'signInLink').then(([link]) => [String(link)]);
    this.#process.send('sign-in-link');
    return (await answered)[0];
  }

  async stop(): Promise<void> {
    await this.#process.stop();
  }

  async restart(): Promise<void> {
    await this.stop();
    this.start();
  }

  #receive(message: z.infer<typeof messageSchema>): void {
    if (message.type === 'sign-in-link') this.emit('signInLink', message.signInLink);
    else if (message.type === 'failed') this.emit('failed', fromWire(message.error));
    else {
      this.#isOwn = message.type === 'ready';
      const signInLink = message.type === 'ready' ? message.signInLink : null;
      this.emit('ready', { url: message.url, signInLink, logFolder: message.logFolder });
    }
  }
}

function toErrorCode(text: string): ErrorCode {
  const isKnown = (code: string): code is ErrorCode => Object.hasOwn(ERROR_STATUS, code);
  return isKnown(text) ? text : 'unexpected';
}
