import { Duplex } from 'node:stream';
import { SCREEN, screenColour } from './simulated-screen.ts';

const VERSION = 'RFB 003.008\n';
/** Lengths of the client's messages by type (RFC 6143, 7.5), without the variable part. */
const MESSAGE_BYTES: ReadonlyMap<number, number> = new Map([
  [0, 20],
  [2, 4],
  [3, 10],
  [4, 8],
  [5, 6],
  [6, 8],
]);

/** The server side of RFB 3.8 (RFC 6143), as far as a screen of one colour needs it. */
export class SimulatedVncServer extends Duplex {
  private readonly id: string;
  private received = Buffer.alloc(0);
  private stage: 'version' | 'security' | 'init' | 'messages' = 'version';
  private hasDrawn = false;

  constructor(id: string) {
    super();
    this.id = id;
    this.push(VERSION);
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.received = Buffer.concat([this.received, chunk]);
    while (this.step());
    done();
  }

  override _final(done: () => void): void {
    done();
    this.destroy();
  }

  /** Handles one message; false when it has not arrived whole. */
  private step(): boolean {
    switch (this.stage) {
      case 'version':
        if (this.claim(VERSION.length) === null) return false;
        // One security type on offer: none.
        this.push(Buffer.from([1, 1]));
        this.stage = 'security';
        return true;
      case 'security':
        if (this.claim(1) === null) return false;
        this.push(Buffer.alloc(4));
        this.stage = 'init';
        return true;
      case 'init':
        if (this.claim(1) === null) return false;
        this.push(this.serverInit());
        this.stage = 'messages';
        return true;
      case 'messages':
        return this.message();
    }
  }

  private message(): boolean {
    const type = this.received[0];
    if (type === undefined) return false;
    const bytes = MESSAGE_BYTES.get(type);
    if (bytes === undefined) {
      this.destroy();
      return false;
    }
    if (this.received.length < bytes) return false;
    const extra = type === 2 ? this.received.readUInt16BE(2) * 4 : type === 6 ? this.received.readUInt32BE(4) : 0;
    const whole = this.claim(bytes + extra);
    if (whole === null) return false;
    // A full update is always answered, an incremental one only before anything was drawn: nothing ever changes.
    if (type === 3 && (whole[1] === 0 || !this.hasDrawn)) this.draw();
    return true;
  }

  private claim(bytes: number): Buffer | null {
    if (this.received.length < bytes) return null;
    const taken = this.received.subarray(0, bytes);
    this.received = this.received.subarray(bytes);
    return taken;
  }

  private serverInit(): Buffer {
    const name = Buffer.from(`cumulet-${this.id}`, 'latin1');
    const init = Buffer.alloc(24);
    init.writeUInt16BE(SCREEN.width, 0);
    init.writeUInt16BE(SCREEN.height, 2);
    // 32 bits a pixel, depth 24, little-endian, true colour, maxima 255, shifts red 16, green 8, blue 0.
    init.set([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0], 4);
    init.writeUInt32BE(name.length, 20);
    return Buffer.concat([init, name]);
  }

  private draw(): void {
    this.hasDrawn = true;
    const { red, green, blue } = screenColour(this.id);
    const head = Buffer.alloc(16);
    // FramebufferUpdate with one rectangle, raw encoding.
    head.writeUInt16BE(1, 2);
    head.writeUInt16BE(SCREEN.width, 8);
    head.writeUInt16BE(SCREEN.height, 10);
    const pixels = Buffer.alloc(SCREEN.width * SCREEN.height * 4);
    pixels.fill(Buffer.from([blue, green, red, 0]));
    this.push(Buffer.concat([head, pixels]));
  }
}
