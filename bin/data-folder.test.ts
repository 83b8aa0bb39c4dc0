import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DataFolder } from './data-folder.ts';

let folder: DataFolder;
beforeEach(() => {
  folder = new DataFolder(mkdtempSync(join(tmpdir(), 'cumulet-data-folder-')));
});
afterEach(() => rmSync(folder.path, { recursive: true }));

test('finds the controller that runs', () => {
  const controller = { url: 'http://127.0.0.1:8774', pid: process.pid, controllerId: 'c1' };
  writeFileSync(folder.controllerFile, JSON.stringify(controller));
  expect(folder.requireController()).toEqual(controller);
});

test.each([
  ['is absent', null],
  ['is broken', '{'],
  ['names a process that is gone', JSON.stringify({ url: 'http://127.0.0.1:8774', pid: 2 ** 30, controllerId: 'c1' })],
])('says that none runs when the file %s', (_what, text) => {
  if (text !== null) writeFileSync(folder.controllerFile, text);
  expect(folder.readController()).toBeNull();
  expect(() => folder.requireController()).toThrow(`No Cumulet runs on the data folder ${folder.path}.`);
});
