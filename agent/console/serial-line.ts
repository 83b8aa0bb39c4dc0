import { Duplex } from 'node:stream';
import type { GrowingLog } from './growing-log.ts';

/** Bytes of output a new viewer begins with. */
const SCROLLBACK_BYTES = 256 * 1024;

/**
 * A machine's serial line for any number of viewers. All share one connection for what they type; what the guest writes
 * comes from the log, which also has what was written before they came.
 */
export class SerialLine {
  private readonly log: GrowingLog;
  private readonly dial: () => Promise<Duplex | null>;
  private connection: Promise<Duplex | null> | null = null;

  /** `dial` opens the one connection; null while the machine does not run. */
  constructor(log: GrowingLog, dial: () => Promise<Duplex | null>) {
    this.log = log;
    this.dial = dial;
  }

  openViewer(): Duplex {
    return new SerialViewer(this.log, (bytes) => this.type(bytes));
  }

  /** Lets go of the socket, for the next agent. */
  close(): void {
    const { connection } = this;
    this.connection = null;
    connection?.then((stream) => stream?.destroy());
  }

  /** What is typed while the machine does not run goes nowhere, as on a real cable. */
  private async type(bytes: Buffer): Promise<void> {
    this.connection ??= this.connect();
    const stream = await this.connection;
    if (stream === null || stream.destroyed) return;
    if (!stream.write(bytes)) await drained(stream);
  }

  private async connect(): Promise<Duplex | null> {
    const stream = await this.dial();
    if (stream === null) {
      this.connection = null;
      return null;
    }
    stream.on('error', () => undefined);
    stream.once('close', () => {
      this.connection = null;
    });
    // The same output is in the log; a socket's, unread, would hold the guest up.
    stream.resume();
    return stream;
  }
}

function drained(stream: Duplex): Promise<void> {
  return new Promise((resolve) => {
    stream.once('drain', resolve);
    stream.once('close', resolve);
  });
}

/** Reads the log at its own pace: a slow viewer holds up neither the guest nor the others. */
class SerialViewer extends Duplex {
  private readonly log: GrowingLog;
  private readonly type: (bytes: Buffer) => Promise<void>;
  private readonly stopListening: () => void;
  private offset: number | null = null;
  private isReading = false;
  /** The stream has room. */
  private isWanted = false;
  /** There may be bytes that were not read yet. */
  private hasGrown = true;

  constructor(log: GrowingLog, type: (bytes: Buffer) => Promise<void>) {
    super();
    this.log = log;
    this.type = type;
    this.stopListening = log.onGrowth(() => this.grown());
  }

  override _read(): void {
    this.isWanted = true;
    this.advance();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.type(chunk).then(() => done(), done);
  }

  override _final(done: () => void): void {
    done();
    this.destroy();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.stopListening();
    done(error);
  }

  private grown(): void {
    this.hasGrown = true;
    this.advance();
  }

  private advance(): void {
    if (this.isReading || !this.isWanted || !this.hasGrown || this.destroyed) return;
    this.isReading = true;
    this.pump()
      .catch((error: Error) => this.destroy(error))
      .finally(() => {
        this.isReading = false;
        this.advance();
      });
  }

  private async pump(): Promise<void> {
    this.offset ??= await this.log.offsetFromEnd(SCROLLBACK_BYTES);
    this.hasGrown = false;
    const { bytes, next } = await this.log.read(this.offset);
    this.offset = next;
    if (bytes.length === 0 || this.destroyed) return;
    this.hasGrown = true;
    this.isWanted = false;
    if (this.push(bytes)) this.isWanted = true;
  }
}
