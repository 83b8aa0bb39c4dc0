import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { mergeRuns, printRecord, type Seen } from './answer-record.ts';

/** For scripts/answers.mjs. What differs between runs of the same code is recorded by its shape only. */
const RUNS = 3;

const root = resolve(import.meta.dirname, '..', '..');
const records = join(root, 'tests', 'answers');

const named = process.argv.slice(2).filter((argument) => argument !== '--accept');
const suites = named.length > 0 ? named : ['app', 'tests/integration/api'];
process.exitCode = process.argv.includes('--accept') ? accept() : runSuites({ CUMULET_ANSWERS_STRICT: '1' });

function runSuites(env: Record<string, string>): number {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const projects = ['--project', 'unit', '--project', 'api'];
  const args = [vitest, 'run', ...projects, ...suites];
  return (
    spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } }).status ?? 1
  );
}

function accept(): number {
  const folder = mkdtempSync(join(tmpdir(), 'cumulet-answers-'));
  try {
    let failed = 0;
    for (let run = 1; run <= RUNS; run++) {
      // Other examples of the property tests each time.
      failed ||= runSuites({ CUMULET_ANSWERS: join(folder, String(run)), CUMULET_SEED: String(run) });
    }
    // Of a suite that failed there is nothing to record, and so of none: a record is of code that works.
    if (failed === 0) acceptRuns(Array.from({ length: RUNS }, (_, index) => join(folder, String(index + 1))));
    return failed;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function acceptRuns(folders: string[]): void {
  const seen = filesIn(folders[0] ?? '', '.json');
  if (named.length === 0) {
    for (const old of filesIn(records, '.txt')) rmSync(join(records, old));
  }
  for (const suite of seen) {
    const runs = folders.map((folder): Seen => new Map(JSON.parse(readFileSync(join(folder, suite), 'utf8'))));
    const path = join(records, suite.replace(/\.json$/, '.txt'));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, printRecord(mergeRuns(runs)));
  }
  console.log(`Recorded the answers of ${seen.length} suites in tests/answers.`);
}

function filesIn(folder: string, ending: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(ending));
}
