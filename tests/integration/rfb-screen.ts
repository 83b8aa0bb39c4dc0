import { WebSocket } from 'ws';

/** Message types and encodings of the RFB protocol 3.8 (RFC 6143). */
const SECURITY_NONE = 1;
const SET_ENCODINGS = 2;
const FRAMEBUFFER_UPDATE_REQUEST = 3;
const RAW_ENCODING = 0;
const FRAMEBUFFER_UPDATE = 0;

export interface Screen {
  banner: string;
  width: number;
  height: number;
  name: string;
  /** How many different values the bytes of the first update had: 1 is a blank picture. */
  shades: number;
}

/** Does what a VNC viewer does first: greets, signs in without a password, and asks for the whole picture. */
export async function lookAtScreen(url: string): Promise<Screen> {
  const socket = new WebSocket(url);
  const bytes = new ByteQueue(socket);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    const banner = (await bytes.take(12)).toString('latin1');
    socket.send(Buffer.from(banner, 'latin1'));
    const kinds = await bytes.take((await bytes.take(1)).readUInt8());
    if (!kinds.includes(SECURITY_NONE)) throw new Error(`The screen asks for ${[...kinds]}`);
    socket.send(Buffer.from([SECURITY_NONE]));
    if ((await bytes.take(4)).readUInt32BE() !== 0) throw new Error('The screen refused');
    // ClientInit: others may look on.
    socket.send(Buffer.from([1]));
    const init = await bytes.take(24);
    const name = (await bytes.take(init.readUInt32BE(20))).toString();
    const [width, height] = [init.readUInt16BE(0), init.readUInt16BE(2)];
    const encodings = Buffer.alloc(8);
    encodings.writeUInt8(SET_ENCODINGS, 0);
    encodings.writeUInt16BE(1, 2);
    encodings.writeInt32BE(RAW_ENCODING, 4);
    socket.send(encodings);
    const ask = Buffer.alloc(10);
    ask.writeUInt8(FRAMEBUFFER_UPDATE_REQUEST, 0);
    ask.writeUInt16BE(width, 6);
    ask.writeUInt16BE(height, 8);
    socket.send(ask);
    const header = await bytes.take(4);
    if (header.readUInt8() !== FRAMEBUFFER_UPDATE) throw new Error(`Not an update: ${header.readUInt8()}`);
    const bytesPerPixel = init.readUInt8(4) / 8;
    const values = new Set<number>();
    for (let left = header.readUInt16BE(2); left > 0; left--) {
      const rectangle = await bytes.take(12);
      const size = rectangle.readUInt16BE(4) * rectangle.readUInt16BE(6) * bytesPerPixel;
      for (const value of await bytes.take(size)) values.add(value);
    }
    return { banner, width, height, name, shades: values.size };
  } finally {
    socket.close();
  }
}

/** The stream of a WebSocket, taken in portions of a known size. */
class ByteQueue {
  #bytes = Buffer.alloc(0);
  #wake: () => void = () => undefined;
  #end: Error | null = null;

  constructor(socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, data]);
      this.#wake();
    });
    socket.on('close', (code, reason) => {
      this.#end = new Error(`The screen was closed (${code} ${String(reason)})`);
      this.#wake();
    });
    socket.on('error', () => undefined);
  }

  async take(count: number): Promise<Buffer> {
    while (this.#bytes.length < count) {
      if (this.#end) throw this.#end;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const taken = this.#bytes.subarray(0, count);
    this.#bytes = this.#bytes.subarray(count);
    return taken;
  }
}
