import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LogFile, openLog } from './log.ts';
import { readSettings } from './settings.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cumulet-log-'));
  path = join(folder, 'controller.log');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('rotates while it is written, and never takes more than two files of the bound', () => {
  const log = new LogFile(path, { keptBytes: 1000 });
  for (let line = 0; line < 500; line++) log.write(`${JSON.stringify({ line })}\n`);
  expect(readdirSync(folder).sort()).toEqual(['controller.log', 'controller.log.1']);
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).size).toBeLessThan(1100);
  expect(readFileSync(path, 'utf8').trimEnd().split('\n').at(-1)).toBe('{"line":499}');
});

test.skipIf(process.platform !== 'linux')('on a full disk lines are dropped, which is said when there is room', () => {
  // full(4): every write fails for lack of room.
  symlinkSync('/dev/full', path);
  const log = new LogFile(path);
  log.write('{"line":1}\n');
  log.write('{"line":2}\n');
  unlinkSync(path);
  log.write('{"line":3}\n');
  const [, said = '', line] = readFileSync(path, 'utf8').split('\n');
  expect(JSON.parse(said)).toMatchObject({ msg: '2 lines could not be written' });
  expect(line).toBe('{"line":3}');
});

test('a folder that is not there, or goes, does not stop anybody; the log goes on when it is back', () => {
  const log = new LogFile(join(folder, 'later', 'controller.log'));
  log.write('{"line":1}\n');
  const there = new LogFile(path, { keptBytes: 10 });
  there.write('{"line":"long enough to be put aside"}\n');
  rmSync(path);
  there.write('{"line":2}\n');
});

test('the stack of an error is told in files and lines of the sources', () => {
  const bundle = join(folder, 'bundle.js');
  // Its first place is the 12th line of its source.
  const map = { version: 3, sources: ['serve.ts'], names: [], mappings: 'AAWA' };
  writeFileSync(`${bundle}.map`, JSON.stringify(map));
  const error = Object.assign(new Error('odd'), { stack: `Error: odd\n    at serve (${pathToFileURL(bundle)}:1:1)` });
  const data = readSettings({ dataDir: folder, env: {}, commandLine: {} });
  openLog(data.folder, 'controller', data.settings).error({ err: error }, 'it went wrong');
  const { err } = JSON.parse(readFileSync(data.folder.logFile('controller'), 'utf8'));
  expect(err.stack).toMatch(/at serve \(\S*serve\.ts:12:1\)/);
});
