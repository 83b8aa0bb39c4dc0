import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FAIL_POINTS } from '../../agent/fail-point.ts';
import { listFailPoints } from '../../tests/faults/list-fail-points.ts';
import { root } from '../setup/places.mjs';
import { longSuites } from './suites.mjs';

/** What vitest would run of that long suite, by name. */
function testsOf(suite) {
  const folder = mkdtempSync(join(tmpdir(), 'cumulet-'));
  try {
    const file = join(folder, 'tests.json');
    const [program, , ...args] = suite.args('');
    const which = args.filter((arg) => !/^--(reporter|outputFile)/.test(arg));
    // With the names as they are made, for which the files are loaded: into one process, and each part of them once.
    const list = [program, 'list', `--json=${file}`, '--no-static-parse', '--no-isolate', ...which];
    const env = { ...process.env, CUMULET_SITTING: '/dev/null' };
    const { status, stderr } = spawnSync(process.execPath, list, { cwd: root, env, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(readFileSync(file, 'utf8')).map(({ name }) => name);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('every fail point of controller and agent stands in the name of a test of the kills', async () => {
  const named = new Set(testsOf(longSuites.kills).flatMap((name) => name.match(/[\w-]+(\.[\w-]+)+/g) ?? []));
  expect([...(await listFailPoints()), ...FAIL_POINTS].filter((point) => !named.has(point))).toEqual([]);
}, 120_000);
