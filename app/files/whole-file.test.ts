import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeWholeFile } from './whole-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cumulet-whole-file-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('of writes at the same time the last one asked for stays, whole, for its owner alone', async () => {
  const path = join(folder, 'file');
  const texts = Array.from({ length: 20 }, (_, index) => String(index).repeat(20_000 - index * 900));
  await Promise.all(texts.map((text, index) => writeWholeFile(path, text, index % 2 === 0 ? 'durable' : 'process')));
  expect(await readFile(path, 'utf8')).toBe(texts.at(-1));
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['file']);
});

test('what a crash left beside it is taken up by the next write', async () => {
  const path = join(folder, 'file');
  await writeFile(`${path}.new`, 'half of something that is longer');
  await writeWholeFile(path, 'short', 'durable');
  expect(await readFile(path, 'utf8')).toBe('short');
  expect(await readdir(folder)).toEqual(['file']);
});

test('a write that fails leaves the old bytes and nothing else, and the next one is not kept from its own', async () => {
  const path = join(folder, 'file');
  await writeWholeFile(path, 'old', 'process');
  const failing = writeWholeFile(path, { bad: true } as unknown as string, 'process');
  const after = failing.catch(() => undefined).then(() => readFile(path, 'utf8'));
  await expect(failing).rejects.toThrow();
  expect(await after).toBe('old');
  expect(await readdir(folder)).toEqual(['file']);
  await writeWholeFile(path, 'new', 'process');
  expect(await readFile(path, 'utf8')).toBe('new');
});
