import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startCloud } from '../cloud.ts';
import type { Area } from './area.ts';
import { type Outcome, OutcomeReader } from './stestr-output.ts';
import { tempestConfig } from './tempest-config.ts';

interface Run {
  /** Of the area's tests. */
  pattern: string;
  /** Tests that are left out. */
  without: readonly string[];
  show: (line: string) => void;
  onOutcome: (outcome: Outcome) => void;
}

/** Runs Tempest's tests of one area against a cloud of this process; answers what became of each. */
export async function runTempest(area: Area, { pattern, without, show, onOutcome }: Run): Promise<Outcome[]> {
  const workDir = await mkdtemp(join(tmpdir(), 'cumulet-tempest-'));
  const cloud = await startCloud(area.cloud);
  try {
    await mkdir(join(workDir, 'locks'));
    await mkdir(join(workDir, 'etc'));
    const target = { url: cloud.url, adminPassword: cloud.password, workDir };
    await writeFile(join(workDir, 'etc', 'tempest.conf'), tempestConfig(target, await area.prepare(cloud)));
    const packages = '/usr/lib/python3/dist-packages';
    await writeFile(
      join(workDir, '.stestr.conf'),
      `[DEFAULT]\ntest_path=${packages}/tempest/test_discover\ntop_dir=${packages}\ngroup_regex=([^\\.]*\\.)*\n`,
    );
    const excluded = join(workDir, 'without.txt');
    await writeFile(excluded, without.map((test) => `${RegExp.escape(test)}\n`).join(''));
    const chosen = ['--exclude-list', excluded, pattern];
    const tests: string[] = [];
    await runStestr(workDir, ['init'], show);
    await runStestr(workDir, ['list', ...chosen], (line) => tests.push(line));
    const reader = new OutcomeReader(tests);
    await runStestr(workDir, ['run', '--concurrency', '2', ...chosen], (line) => {
      for (const outcome of reader.read(line)) onOutcome(outcome);
      show(line);
    });
    return reader.outcomes;
  } finally {
    await cloud.close();
    await rm(workDir, { recursive: true, force: true });
  }
}

async function runStestr(workDir: string, args: string[], show: (line: string) => void): Promise<void> {
  const child = spawn('/usr/bin/python3', ['-m', 'stestr', ...args], {
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
  for await (const line of createInterface({ input: child.stdout })) show(line);
  await ended;
}
