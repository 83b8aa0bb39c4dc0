import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

/** Size of the pretended screen, pixels. */
export const SCREEN = { width: 640, height: 400 } as const;

export interface Colour {
  red: number;
  green: number;
  blue: number;
}

/** Each machine has a colour of its own, so that screens can be told apart. */
export function screenColour(id: string): Colour {
  const [red = 0, green = 0, blue = 0] = createHash('sha256').update(id).digest();
  return { red: red >> 1, green: green >> 1, blue: blue >> 1 };
}

/** A PNG of one colour, after the PNG specification: signature, IHDR, IDAT, IEND. */
export function drawScreen(id: string): Buffer {
  const { width, height } = SCREEN;
  const { red, green, blue } = screenColour(id);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits a channel, red-green-blue.
  header.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.alloc(1 + width * 3);
  for (let x = 0; x < width; x++) row.set([red, green, blue], 1 + x * 3);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: height }, () => row)));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
