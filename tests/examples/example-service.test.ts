import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { repository } from '../cloud.ts';

const run = promisify(execFile);
const GUIDE = join(repository, 'docs', 'example-service.md');
/** Not records of this tree, which tools keep there for themselves. */
const KEPT_BY_TOOLS = ['.cache', '.vite', '.vitest'];

interface Step {
  path: string;
  /** A line of a file that is there; undefined where the block is all of a new one. */
  behind: string | undefined;
  text: string;
}

let copy: string;
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'cumulet-example-'));
  await copyTree(copy);
  for (const step of stepsOf(readFileSync(GUIDE, 'utf8'))) follow(copy, step);
});
afterAll(async () => await rm(copy, { recursive: true, force: true }));

test('the guide has a file of every kind, so that the tests below are about something', () => {
  const made = stepsOf(readFileSync(GUIDE, 'utf8')).map(({ path }) => path);
  for (const kind of [
    /migrations/,
    /\.tables\.ts$/,
    /\.resource\.ts$/,
    /\.module\.ts$/,
    /\.test\.ts$/,
    /events\.ts$/,
  ]) {
    expect(made).toContainEqual(expect.stringMatching(kind));
  }
});

test.each([
  ['types', ['node_modules/typescript/bin/tsc', '--noEmit', '-p', '.']],
  [
    'format',
    ['node_modules/@biomejs/biome/bin/biome', 'check', 'app/note', 'app/modules.ts', 'app/contract/events.ts'],
  ],
  ['import directions', ['scripts/import-directions.ts']],
  ['texts in both languages', ['scripts/locales.ts']],
  ['its own test, and those of all modules', vitest(['api', 'unit'], ['api/notes', 'app/modules.test'])],
])('who follows the guide passes the check of %s', async (_what, args) => {
  await expect(inCopy(args)).resolves.toBe('passed');
});

function vitest(projects: string[], files: string[]): string[] {
  return ['node_modules/vitest/vitest.mjs', 'run', ...projects.flatMap((name) => ['--project', name]), ...files];
}

async function inCopy(args: string[]): Promise<string> {
  const { CUMULET_SITTING: _, ...env } = process.env;
  try {
    // The answers of its test are not recorded yet.
    await run(process.execPath, args, { cwd: copy, env: { ...env, CUMULET_ANSWERS: join(copy, 'answers') } });
    return 'passed';
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return `${stdout}\n${stderr}`;
  }
}

/** All that is of the repository, as it is on the disk now. */
async function copyTree(to: string): Promise<void> {
  const listed = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: repository,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  const files = listed.stdout.split('\0').filter((path) => path !== '' && existsSync(join(repository, path)));
  for (const path of files) {
    mkdirSync(dirname(join(to, path)), { recursive: true });
    await copyFile(join(repository, path), join(to, path));
  }
  mkdirSync(join(to, 'node_modules'));
  for (const name of readdirSync(join(repository, 'node_modules')).filter((name) => !KEPT_BY_TOOLS.includes(name))) {
    symlinkSync(join(repository, 'node_modules', name), join(to, 'node_modules', name));
  }
}

function stepsOf(guide: string): Step[] {
  const blocks = guide.matchAll(/^```\w+ (\S+)(?: behind "([^"\n]*)")?\n(.*?)^```$/gms);
  return [...blocks].map(([, path = '', behind, text = '']) => ({ path, behind, text }));
}

function follow(root: string, { path, behind, text }: Step): void {
  const file = join(root, path);
  if (behind === undefined) {
    if (existsSync(file)) throw new Error(`${path} is there already`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return;
  }
  const lines = readFileSync(file, 'utf8').split('\n');
  const at = lines.indexOf(behind);
  if (at < 0) throw new Error(`${path} has no line "${behind}"`);
  lines.splice(at + 1, 0, text.trimEnd());
  writeFileSync(file, lines.join('\n'));
}
