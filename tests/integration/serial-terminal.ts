import { WebSocket } from 'ws';
import { Conversation } from './conversation.ts';

const PROMPT = /\n~ # $/;

/** A person at the serial console, over the WebSocket that the dashboard's terminal uses. */
export class SerialTerminal {
  readonly conversation = new Conversation();
  readonly #socket: WebSocket;
  /** The close code of the WebSocket. */
  readonly closed: Promise<number>;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    const decoder = new TextDecoder();
    socket.on('message', (data: Buffer) => this.conversation.feed(decoder.decode(data, { stream: true })));
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        this.conversation.end(`The console was closed (${code} ${String(reason)})`);
        resolve(code);
      });
    });
  }

  static async open(url: string): Promise<SerialTerminal> {
    const socket = new WebSocket(url);
    const terminal = new SerialTerminal(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return terminal;
  }

  type(text: string): void {
    this.#socket.send(Buffer.from(text));
  }

  /** Waits for the guest to be up and signs in as root; safe to call where somebody is signed in already. */
  async signIn(password: string): Promise<void> {
    this.type('\n');
    const seen = await this.conversation.until(/login: $|\n~ # $/);
    if (PROMPT.test(seen)) return;
    this.type('root\n');
    await this.conversation.until(/Password: $/);
    this.type(`${password}\n`);
    await this.conversation.until(PROMPT);
  }

  /** Runs a command at the prompt and answers what it printed. */
  async ask(command: string): Promise<string> {
    this.type(`${command}\n`);
    const seen = await this.conversation.until(PROMPT);
    return seen.replaceAll('\r', '').split('\n').slice(1, -1).join('\n');
  }

  close(): void {
    this.#socket.close();
  }
}
