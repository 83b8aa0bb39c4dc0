import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inRoot } from './places.mjs';
import { hashOf, looksOf } from './stamps.mjs';

let folder;
let file;
beforeAll(() => {
  folder = mkdtempSync(inRoot('node_modules', '.stamps-'));
  file = `${folder}/source.ts`;
});
afterAll(() => rmSync(folder, { recursive: true }));

test('a file looks different when other contents were put in its place, of the same size and with the same time', () => {
  const paths = [relative(inRoot(), folder)];
  const write = (text) => {
    writeFileSync(file, text);
    utimesSync(file, 1, 1);
  };
  write('one');
  const before = { looks: looksOf(paths), hash: hashOf(paths), changedAt: statSync(file).ctimeMs };
  expect(looksOf(paths)).toBe(before.looks);
  // The file system's clock goes in steps.
  do write('two');
  while (statSync(file).ctimeMs === before.changedAt);
  expect(hashOf(paths)).not.toBe(before.hash);
  expect(looksOf(paths)).not.toBe(before.looks);
});
