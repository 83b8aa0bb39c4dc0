import { randomInt } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import type { GuestSilence } from '../../../app/contract/guest.ts';

/** The guest did not answer; `silence` says how. */
export class GuestSilent extends Error {
  readonly silence: GuestSilence;

  constructor(silence: GuestSilence) {
    super(`The guest agent does not answer: ${silence}.`);
    this.silence = silence;
  }
}

/** The agent answered, and said no. What it says is the guest's word, cut short and without control signs. */
export class GuestRefusal extends Error {}

/** Of all that a guest sends in one session; a whole answer is some ten KiB. */
const MAX_BYTES = 512 * 1024;
/** Begins a line that QEMU's agent reads, or writes, after whatever may have come before it. */
const DELIMITER = 0xff;
const NEWLINE = 0x0a;
const NOTHING = Buffer.alloc(0);

const answerSchema = z.union([z.object({ return: z.unknown() }), z.object({ error: z.object({ desc: z.string() }) })]);

/**
 * QEMU's guest agent protocol (docs/interop/qemu-ga): JSON objects, one a line, each answered before the next. A guest may
 * send anything: so much is read, for so long, and then it is over.
 */
export class GuestAgentSession {
  readonly #stream: Duplex;
  readonly #timer: NodeJS.Timeout;
  #received: Buffer = NOTHING;
  #bytes = 0;
  #silence: 'silent' | 'nonsense' | null = null;
  #heard: () => void = () => undefined;

  constructor(stream: Duplex, withinMs: number) {
    this.#stream = stream;
    this.#timer = setTimeout(() => this.#end('silent'), withinMs);
    stream.on('data', (chunk: Buffer) => this.#receive(chunk));
    stream.on('error', () => undefined);
    stream.once('end', () => this.#end('silent'));
    stream.once('close', () => this.#end('silent'));
  }

  /** From here on answers are to what was asked in this session, and not to something that was asked before. */
  async open(): Promise<void> {
    const id = randomInt(2 ** 47);
    // The first byte ends whatever half a question the agent was left with.
    this.#stream.write(Buffer.from([DELIMITER]));
    this.#send('guest-sync-delimited', { id });
    for (;;) {
      await this.#skipPast(DELIMITER);
      const answer = parseLine(await this.#line());
      if (answer !== null && 'return' in answer && answer.return === id) return;
    }
  }

  /** What it answers; {@link GuestRefusal} where it says no. */
  async ask(command: string, args?: Record<string, unknown>): Promise<unknown> {
    this.#send(command, args);
    const answer = parseLine(await this.#line());
    if (answer === null) throw new GuestSilent('nonsense');
    if ('error' in answer) throw new GuestRefusal(guestText(answer.error.desc));
    return answer.return;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#stream.destroy();
  }

  #send(command: string, args?: Record<string, unknown>): void {
    this.#stream.write(`${JSON.stringify({ execute: command, ...(args && { arguments: args }) })}\n`);
  }

  #receive(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_BYTES) this.#end('nonsense');
    else this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    this.#heard();
  }

  /** Nothing is heard of it any more. */
  #end(silence: 'silent' | 'nonsense'): void {
    this.#silence ??= silence;
    this.close();
    this.#heard();
  }

  async #skipPast(byte: number): Promise<void> {
    for (;;) {
      const at = this.#received.indexOf(byte);
      this.#received = at === -1 ? NOTHING : this.#received.subarray(at + 1);
      if (at !== -1) return;
      await this.#more();
    }
  }

  async #line(): Promise<Buffer> {
    for (const parts: Buffer[] = []; ; ) {
      const at = this.#received.indexOf(NEWLINE);
      parts.push(at === -1 ? this.#received : this.#received.subarray(0, at));
      this.#received = at === -1 ? NOTHING : this.#received.subarray(at + 1);
      if (at !== -1) return Buffer.concat(parts);
      await this.#more();
    }
  }

  async #more(): Promise<void> {
    if (this.#silence === null) {
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
    if (this.#silence !== null) throw new GuestSilent(this.#silence);
  }
}

/** A text of a guest, as people can be shown it. */
export function guestText(text: string): string {
  return text
    .slice(0, 1_000)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 255);
}

function parseLine(line: Buffer): z.infer<typeof answerSchema> | null {
  try {
    return answerSchema.parse(JSON.parse(line.toString('utf8')));
  } catch {
    return null;
  }
}
