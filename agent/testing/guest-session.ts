import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { once } from '../../app/contract/testing/waiting.ts';

/** A person at the serial line of the small Linux. */
export class GuestSession {
  private readonly serial: Duplex;

  constructor(serial: Duplex) {
    this.serial = serial;
  }

  async logIn(): Promise<void> {
    await this.expect('login: ');
    this.serial.write('root\n');
    await this.expect('Password: ');
    this.serial.write('cumulet\n');
    await this.expect('~ # ');
  }

  /** The command's output; the quotes keep its echo from being taken for its end. */
  async run(command: string): Promise<string> {
    // No other command's, whose end may still be in the scrollback.
    const end = randomUUID().slice(0, 8);
    this.type(`${command}; echo D''ONE-${end}\n`);
    return this.expect(`DONE-${end}`);
  }

  type(text: string): void {
    this.serial.write(text);
  }

  /** Reads on, without closing the line, until the text has come; answers what was read. */
  async expect(text: string): Promise<string> {
    let read = '';
    while (!read.includes(text)) {
      const chunk: Buffer | null = this.serial.read();
      if (chunk === null) await once(this.serial, 'readable', 150);
      else read += chunk.toString('latin1');
    }
    return read;
  }

  close(): void {
    this.serial.destroy();
  }
}
