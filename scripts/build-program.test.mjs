import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inRoot, pinnedNode } from './setup/places.mjs';

const home = mkdtempSync(join(tmpdir(), 'cumulet-program-'));
/** A checkout of its own, with the packages of this one. */
const checkout = join(home, 'checkout');
const command = join(checkout, 'bin', 'cumulet');
/** The first line of serve() in app/serve.ts; a fault is put there. */
const SERVES = 'const { dataDir, log } = options;';

beforeAll(() => {
  const parts = ['app', 'agent', 'assets', 'bin', 'scripts', 'package.json', 'package-lock.json'];
  for (const part of parts) cpSync(inRoot(part), join(checkout, part), { recursive: true });
  mkdirSync(join(checkout, 'node_modules'));
  for (const name of readdirSync(inRoot('node_modules'))) {
    if (!name.startsWith('.')) symlinkSync(inRoot('node_modules', name), join(checkout, 'node_modules', name));
  }
  const source = join(checkout, 'app', 'serve.ts');
  writeFileSync(
    source,
    readFileSync(source, 'utf8').replace(SERVES, `$& if (process.env.THROWS) throw new Error('thrown');`),
  );
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function run(args, env = {}) {
  const options = { encoding: 'utf8', cwd: checkout, env: { ...process.env, ...env } };
  const { stdout, stderr, status } = spawnSync(command, args, options);
  return { stdout, stderr, status };
}

function build() {
  const script = `import('${join(checkout, 'scripts', 'setup', 'builds.mjs')}').then((builds) => builds.build(builds.program))`;
  const { status, stderr } = spawnSync(pinnedNode, ['-e', script], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
}

// Two builds: minutes on a busy computer.
test('the bundle runs while the sources are what it was made of; else they do themselves', { timeout: 240_000 }, () => {
  const bundle = join(checkout, 'dist', 'program', 'cumulet.js');
  expect(run(['version']).stdout).toMatch(/^Cumulet \d/);
  expect(existsSync(bundle)).toBe(false);
  build();
  appendFileSync(bundle, "\nconsole.log('from the bundle');");
  expect(run(['version']).stdout).toMatch(/^Cumulet .*\nfrom the bundle\n$/);

  const source = join(checkout, 'bin', 'command-line.ts');
  const text = readFileSync(source, 'utf8');
  writeFileSync(source, text.replace('`Cumulet $', '`Changed $'));
  expect(run(['version']).stdout).toMatch(/^Changed [^\n]*\n$/);
  // As before, whatever its date.
  writeFileSync(source, text);
  expect(run(['version']).stdout).toMatch(/from the bundle/);
  writeFileSync(source, text.replace('`Cumulet $', '`Changed $'));
  build();
  appendFileSync(bundle, "\nconsole.log('from the bundle');");
  expect(run(['version']).stdout).toMatch(/^Changed .*\nfrom the bundle\n$/);
});

test('an error that nobody expected is told in files and lines of the sources', () => {
  build();
  const { status, stderr } = run(['serve', '--data-dir', join(home, 'thrown')], { THROWS: '1' });
  expect(status).toBe(1);
  const line = Number(/serve \(app\/serve\.ts:(\d+):\d+\)/.exec(stderr)?.[1]);
  expect(readFileSync(join(checkout, 'app', 'serve.ts'), 'utf8').split('\n')[line - 1]).toContain(SERVES);
  expect(stderr).toMatch(/bin\/serve\.command\.ts:\d+/);
});

// Windows has no such thing as a process that becomes another program.
test.skipIf(process.platform === 'win32')('the command is the process that serves, also by a link', async () => {
  build();
  const link = join(home, 'link');
  symlinkSync(command, link);
  const dataDir = join(home, 'data');
  const child = spawn(link, ['serve', '--no-agent', '--data-dir', dataDir, '--listen', '127.0.0.1:0'], {
    env: { ...process.env, PATH: '/usr/bin:/bin', CUMULET_FIRST_IMAGE: 'none' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [said] = await once(child.stdout, 'data');
    expect(String(said)).toMatch(/^Cumulet runs at /);
    expect(JSON.parse(readFileSync(join(dataDir, 'controller.json'), 'utf8')).pid).toBe(child.pid);
    if (existsSync('/proc')) expect(readlinkSync(`/proc/${child.pid}/exe`)).toMatch(/node_modules\/node.*\/bin\/node/);
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
});
