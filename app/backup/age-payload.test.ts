import { randomBytes } from 'node:crypto';
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { beforeAll, expect, test } from 'vitest';
import { HAS_NATIVE_CIPHER } from './age-payload.ts';
import { decryptPart, encryptPart } from './backup-cipher.ts';
import type { Bytes } from './file-blocks.ts';

const KIB = 1024;

let identity: string;
let recipient: string;

beforeAll(async () => {
  identity = await generateX25519Identity();
  recipient = await identityToRecipient(identity);
});

async function* pieces(bytes: Uint8Array, size: number): Bytes {
  for (let at = 0; at < bytes.length; at += size) yield Uint8Array.from(bytes.subarray(at, at + size));
}

async function gather(bytes: Bytes): Promise<Buffer> {
  const blocks: Uint8Array[] = [];
  for await (const block of bytes) blocks.push(block);
  return Buffer.concat(blocks);
}

async function encrypted(plain: Uint8Array, piece = 100_000): Promise<Buffer> {
  const { size, bytes } = await encryptPart({ recipient, keyFile: '' }, plain.length, pieces(plain, piece));
  const all = await gather(bytes);
  expect(all).toHaveLength(size);
  return all;
}

test.each([0, 1, 64 * KIB - 1, 64 * KIB, 64 * KIB + 1, 128 * KIB, 300_000])(
  'a part of %i bytes is what age itself makes and reads',
  async (size) => {
    expect(HAS_NATIVE_CIPHER).toBe(true);
    const plain = randomBytes(size);
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    for (const piece of [1000, 64 * KIB, 1024 * KIB]) {
      expect(Buffer.from(await decrypter.decrypt(await encrypted(plain, piece))).equals(plain)).toBe(true);
    }
    const encrypter = new Encrypter();
    encrypter.addRecipient(recipient);
    const theirs = await encrypter.encrypt(plain);
    for (const piece of [7000, 1024 * KIB]) {
      expect((await gather(await decryptPart(identity, pieces(theirs, piece)))).equals(plain)).toBe(true);
    }
  },
);

test('a part that is cut off at a chunk, or has its chunks in another order, is refused', async () => {
  const whole = await encrypted(randomBytes(200_000));
  const head = 168 + 16;
  const chunk = 64 * KIB + 16;
  const swapped = Buffer.concat([
    whole.subarray(0, head),
    whole.subarray(head + chunk, head + 2 * chunk),
    whole.subarray(head, head + chunk),
    whole.subarray(head + 2 * chunk),
  ]);
  for (const bytes of [whole.subarray(0, head), whole.subarray(0, head + chunk), whole.subarray(0, 100), swapped]) {
    await expect(decryptPart(identity, pieces(bytes, 10_000)).then(gather)).rejects.toThrow();
  }
});
