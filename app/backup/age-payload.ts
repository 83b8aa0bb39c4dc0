import { createCipheriv, createDecipheriv, getCiphers, hkdfSync, randomBytes } from 'node:crypto';
import type { Bytes } from './file-blocks.ts';

/*
 * The payload of an age file (age-encryption.org/v1, "Payload"): a nonce, and chunks of 64 KiB that are encrypted with
 * ChaCha20-Poly1305 under a key made of both, each with its number and whether it is the last in its nonce. Node's own
 * cipher is more than ten times as fast as the library's, which is JavaScript; the header stays the library's.
 */
const CIPHER = 'chacha20-poly1305';
const CHUNK_BYTES = 64 * 1024;
const TAG_BYTES = 16;
const NONCE_BYTES = 16;

/** Electron's BoringSSL may do without; then the library does all of it. */
export const HAS_NATIVE_CIPHER = getCiphers().includes(CIPHER);

export function encryptedPayloadSize(size: number): number {
  return NONCE_BYTES + size + Math.max(1, Math.ceil(size / CHUNK_BYTES)) * TAG_BYTES;
}

export async function* encryptPayload(fileKey: Uint8Array, plain: Bytes): Bytes {
  const nonce = randomBytes(NONCE_BYTES);
  yield nonce;
  const key = payloadKey(fileKey, nonce);
  let counter = 0;
  for await (const { chunks, isLast } of inChunks(plain, CHUNK_BYTES)) {
    const parts: Buffer[] = [];
    for (const [index, chunk] of chunks.entries()) {
      const last = isLast && index === chunks.length - 1;
      const cipher = createCipheriv(CIPHER, key, chunkNonce(counter++, last), { authTagLength: TAG_BYTES });
      parts.push(cipher.update(chunk), cipher.final(), cipher.getAuthTag());
    }
    yield Buffer.concat(parts);
  }
}

/** Throws where a chunk is another than was written, or the last is missing. */
export async function* decryptPayload(fileKey: Uint8Array, encrypted: Bytes): Bytes {
  const { first, rest } = await split(encrypted, NONCE_BYTES);
  const key = payloadKey(fileKey, first);
  let counter = 0;
  for await (const { chunks, isLast } of inChunks(rest, CHUNK_BYTES + TAG_BYTES)) {
    const parts: Buffer[] = [];
    for (const [index, chunk] of chunks.entries()) {
      const last = isLast && index === chunks.length - 1;
      const end = chunk.length - TAG_BYTES;
      // Only an empty file has an empty chunk.
      if (end < 0 || (end === 0 && counter > 0)) throw new Error('an encrypted part is cut off');
      const decipher = createDecipheriv(CIPHER, key, chunkNonce(counter++, last), { authTagLength: TAG_BYTES });
      decipher.setAuthTag(chunk.subarray(end));
      parts.push(decipher.update(chunk.subarray(0, end)), decipher.final());
    }
    yield Buffer.concat(parts);
  }
}

/** The first `size` bytes, and what follows them. */
export async function split(bytes: Bytes, size: number): Promise<{ first: Buffer; rest: Bytes }> {
  const blocks = bytes[Symbol.asyncIterator]();
  let held = Buffer.alloc(0);
  while (held.length < size) {
    const { value, done } = await blocks.next();
    if (done) throw new Error('an encrypted part is cut off');
    held = Buffer.concat([held, value]);
  }
  return { first: held.subarray(0, size), rest: behind(held.subarray(size), blocks) };
}

async function* behind(held: Buffer<ArrayBuffer>, blocks: AsyncIterator<Uint8Array<ArrayBuffer>>): Bytes {
  if (held.length > 0) yield held;
  for (let next = await blocks.next(); !next.done; next = await blocks.next()) yield next.value;
}

/** Blocks of any length as chunks of one; what may be the last is held back until it is known. */
async function* inChunks(bytes: Bytes, size: number): AsyncGenerator<{ chunks: Uint8Array[]; isLast: boolean }> {
  let held = Buffer.alloc(0);
  for await (const block of bytes) {
    held = held.length === 0 ? Buffer.from(block.buffer, block.byteOffset, block.length) : Buffer.concat([held, block]);
    const whole = Math.ceil(held.length / size) - 1;
    if (whole < 1) continue;
    yield { chunks: cut(held.subarray(0, whole * size), size), isLast: false };
    held = Buffer.from(held.subarray(whole * size));
  }
  yield { chunks: [held], isLast: true };
}

function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: bytes.length / size }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
}

function payloadKey(fileKey: Uint8Array, nonce: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', fileKey, nonce, 'payload', 32));
}

/** Eleven bytes of number, most significant first, and one that is 1 for the last. */
function chunkNonce(counter: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(counter, 5, 6);
  nonce.writeUInt8(Number(isLast), 11);
  return nonce;
}
