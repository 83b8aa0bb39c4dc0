import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { identitySettingsSchema } from '../../app/identity/identity.settings.ts';
import { startCloud } from '../cloud.ts';
import { type Outcome, readOutcome } from './stestr-output.ts';
import { COMPLIANCE, tempestConfig } from './tempest-config.ts';

/** Tests of Debian's Tempest by the name people give to `npm run conformance`. */
export const SUITES = {
  // Keystone's API v2 was removed from OpenStack in 2018.
  identity: '^tempest\\.api\\.identity\\.(v3|admin\\.v3)\\.',
} as const;

/** The gate's part of each suite: nearly half of its tests, some of every resource. */
export const GATE_SUITES = {
  identity:
    '^tempest\\.api\\.identity\\.(v3\\.|admin\\.v3\\.test_(credentials|domains|endpoints|groups|list_projects|policies|tokens|trusts|users)\\.)',
} as const;

/**
 * Runs Tempest's tests of one service against a cloud of this process; answers what became of each. `without` names
 * tests that are left out.
 */
export async function runTempest(
  pattern: string,
  show: (line: string) => void,
  { without = [], onOutcome }: { without?: string[]; onOutcome?: (outcome: Outcome) => void } = {},
): Promise<Outcome[]> {
  const workDir = await mkdtemp(join(tmpdir(), 'cumulet-tempest-'));
  const cloud = await startCloud({
    hypervisor: 'none',
    identity: identitySettingsSchema.parse({ security_compliance: COMPLIANCE }),
  });
  try {
    await mkdir(join(workDir, 'locks'));
    await mkdir(join(workDir, 'etc'));
    const config = tempestConfig({ url: cloud.url, adminPassword: cloud.password, workDir });
    await writeFile(join(workDir, 'etc', 'tempest.conf'), config);
    const packages = '/usr/lib/python3/dist-packages';
    await writeFile(
      join(workDir, '.stestr.conf'),
      `[DEFAULT]\ntest_path=${packages}/tempest/test_discover\ntop_dir=${packages}\ngroup_regex=([^\\.]*\\.)*\n`,
    );
    const excluded = join(workDir, 'without.txt');
    await writeFile(excluded, without.map((test) => `${RegExp.escape(test)}\n`).join(''));
    return await runStestr(workDir, ['--exclude-list', excluded, pattern], (line) => {
      const outcome = readOutcome(line);
      if (outcome) onOutcome?.(outcome);
      show(line);
    });
  } finally {
    await cloud.close();
    await rm(workDir, { recursive: true, force: true });
  }
}

async function runStestr(workDir: string, chosen: string[], show: (line: string) => void): Promise<Outcome[]> {
  const child = spawn('/usr/bin/python3', ['-m', 'stestr', 'run', '--concurrency', '2', ...chosen], {
    cwd: workDir,
    // Debian's Python, whatever else comes first on the PATH.
    env: {
      PATH: '/usr/bin:/bin',
      HOME: workDir,
      LANG: 'C.UTF-8',
      PYTHON: '/usr/bin/python3',
      TEMPEST_CONFIG_DIR: join(workDir, 'etc'),
      OS_TEST_TIMEOUT: '300',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => resolve());
  });
  const outcomes: Outcome[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const outcome = readOutcome(line);
    if (outcome) outcomes.push(outcome);
    show(line);
  }
  await ended;
  return outcomes;
}

if (import.meta.main) {
  const name = process.argv[2] ?? 'identity';
  const pattern = process.argv[3] ?? (name === 'identity' ? SUITES.identity : undefined);
  if (pattern === undefined) throw new Error(`No suite ${name}. There are: ${Object.keys(SUITES).join(', ')}.`);
  const outcomes = await runTempest(pattern, console.log);
  const count = (result: Outcome['result']) => outcomes.filter((outcome) => outcome.result === result).length;
  for (const { test, result, reason } of outcomes) {
    if (result !== 'passed') console.log(`${result}: ${test}${reason === null ? '' : ` (${reason})`}`);
  }
  console.log(`${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`);
  process.exitCode = count('failed') === 0 && count('passed') > 0 ? 0 : 1;
}
