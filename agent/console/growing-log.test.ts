import { appendFileSync } from 'node:fs';
import { appendFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeTemporaryFolder } from '../testing/temporary-folder.ts';
import { GrowingLog, lastLines } from './growing-log.ts';
import { SerialLine } from './serial-line.ts';

let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
let path: string;
let before: string;
const opened: GrowingLog[] = [];

beforeEach(async () => {
  folder = await makeTemporaryFolder();
  path = join(folder.path, 'serial.log');
  before = join(folder.path, 'serial.log.before');
});

afterEach(async () => {
  for (const log of opened.splice(0)) log.close();
  await folder[Symbol.asyncDispose]();
});

async function open(limits?: { maxBytes: number; keptBytes: number }): Promise<GrowingLog> {
  const log = new GrowingLog(path, before, limits);
  opened.push(log);
  await log.open();
  return log;
}

/** Reads from a viewer until the text has come. */
async function readUntil(viewer: AsyncIterable<Buffer>, text: string): Promise<string> {
  let read = '';
  for await (const chunk of viewer) {
    read += chunk.toString('latin1');
    if (read.includes(text)) return read;
  }
  throw new Error(`the stream ended with ${JSON.stringify(read)}`);
}

describe('a viewer', () => {
  test('begins with what was written before it came and goes on with what is written then', async () => {
    await writeFile(path, 'boot\r\n');
    const line = new SerialLine(await open(), async () => null);
    const viewer = line.openViewer();
    const read = readUntil(viewer, 'login: ');
    await appendFile(path, 'more\r\n');
    await appendFile(path, 'login: ');
    expect(await read).toBe('boot\r\nmore\r\nlogin: ');
  });

  test('begins with the end of a long log', async () => {
    await writeFile(path, `${'x'.repeat(300_000)}end`);
    const line = new SerialLine(await open(), async () => null);
    expect((await readUntil(line.openViewer(), 'end')).length).toBe(256 * 1024);
  });

  test('shares one connection for what is typed, which is dialled anew after it broke', async () => {
    const connections: PassThrough[] = [];
    const line = new SerialLine(await open(), async () => {
      const stream = new PassThrough({ emitClose: true });
      connections.push(stream);
      return stream;
    });
    const typed: string[] = [];
    const type = (viewer: NodeJS.WritableStream, text: string) =>
      new Promise<void>((resolve) => viewer.write(text, () => resolve()));
    const [one, two] = [line.openViewer(), line.openViewer()];
    await type(one, 'a');
    connections[0]?.on('data', (chunk: Buffer) => typed.push(chunk.toString()));
    await type(two, 'b');
    expect(connections).toHaveLength(1);
    const closed = new Promise((resolve) => connections[0]?.once('close', resolve));
    connections[0]?.destroy();
    await closed;
    await type(one, 'c');
    expect(connections).toHaveLength(2);
    one.destroy();
    two.destroy();
  });

  test('what is typed at a machine that is off goes nowhere and holds nobody up', async () => {
    const line = new SerialLine(await open(), async () => null);
    const viewer = line.openViewer();
    await new Promise<void>((resolve) => viewer.write('hello?', () => resolve()));
    viewer.destroy();
  });
});

describe('a log that grows too long', () => {
  test('is cut to its end, and a reader who keeps up misses nothing', async () => {
    const log = await open({ maxBytes: 1000, keptBytes: 200 });
    const viewer = new SerialLine(log, async () => null).openViewer();
    let [written, read] = ['', ''];
    let number = 0;
    function advance() {
      if (number === 100) return;
      const line = `${'.'.repeat(40)} line ${number++}\n`;
      written += line;
      appendFileSync(path, line);
    }
    const seen = (async () => {
      for await (const chunk of viewer) {
        read += chunk.toString('latin1');
        if (read.length === written.length) advance();
        if (read.endsWith('line 99\n')) return;
      }
    })();
    advance();
    await seen;
    expect(read).toBe(written);
    expect((await stat(path)).size).toBeLessThan(2000);
    const kept = (await log.readAll()).toString();
    expect(written.endsWith(kept)).toBe(true);
    expect(kept.length).toBeGreaterThanOrEqual(200);
  });

  test('is found again by the next agent', async () => {
    await writeFile(before, 'one\ntwo\n');
    await writeFile(path, 'three\n');
    const log = await open();
    expect((await log.readAll()).toString()).toBe('one\ntwo\nthree\n');
    expect(await readUntil(new SerialLine(log, async () => null).openViewer(), 'three')).toBe('one\ntwo\nthree\n');
  });
});

test.each([
  [null, 'a\nb\nc\n'],
  [0, ''],
  [1, 'c\n'],
  [2, 'b\nc\n'],
  [9, 'a\nb\nc\n'],
])('the last %j lines', (lines, expected) => {
  expect(lastLines(Buffer.from('a\nb\nc\n'), lines)).toBe(expected);
});

test('a last line without its end counts', () => {
  expect(lastLines(Buffer.from('a\nlogin: '), 1)).toBe('login: ');
});
