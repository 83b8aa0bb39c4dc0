import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FileStream } from './file-stream.ts';

const bytes = randomBytes(3 * 1024 * 1024 + 7);
let folder: string;
let path: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cumulet-file-stream-'));
  path = join(folder, 'file');
  await writeFile(path, bytes);
});
afterAll(() => rm(folder, { recursive: true }));

/** Takes what it gets only when it says so, as a socket does. */
class SlowReader extends Writable {
  readonly taken: Buffer[] = [];
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    setImmediate(() => {
      this.taken.push(Buffer.from(chunk));
      done();
    });
  }
}

test('slow readers of parts of a file get theirs, though all use the same blocks', async () => {
  const parts = Array.from({ length: 24 }, (_, index) => ({ start: index * 100_001, end: bytes.length - 1 - index }));
  const taken = await Promise.all(
    parts.map(async ({ start, end }) => {
      const reader = new SlowReader();
      new FileStream(await open(path), start, end).pipe(reader);
      await finished(reader);
      return Buffer.concat(reader.taken);
    }),
  );
  for (const [index, { start, end }] of parts.entries()) {
    expect(taken[index]?.equals(bytes.subarray(start, end + 1))).toBe(true);
  }
});

test('the file is closed at the end, and when the reader goes away', async () => {
  for (const isLeaving of [false, true]) {
    const file = await open(path);
    const stream = new FileStream(file, 0, bytes.length - 1);
    const reader = stream.pipe(new SlowReader());
    const closed = once(stream, 'close');
    if (isLeaving) {
      reader.destroy();
      stream.destroy();
    } else await finished(reader);
    await closed;
    expect(file.fd).toBe(-1);
  }
});

test('read in another way it is the same', async () => {
  const stream = new FileStream(await open(path), 5, bytes.length - 1);
  expect((await buffer(stream)).equals(bytes.subarray(5))).toBe(true);
});

test('a file that has become shorter is an error, and no end', async () => {
  const stream = new FileStream(await open(path), 0, bytes.length + 100);
  const failed = once(stream, 'error');
  stream.pipe(new SlowReader());
  const [error] = await failed;
  expect(String(error)).toContain('shorter');
});
