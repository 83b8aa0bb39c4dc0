import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DataFolder, isProcessAlive } from './data-folder.ts';
import { LocalAgent, type RestartTimes } from './local-agent.ts';
import { readSettings } from './settings.ts';

const entry = fileURLToPath(new URL('./testing/stand-in-agent.ts', import.meta.url));
const times = { firstDelayMs: 5, longestDelayMs: 20, healthyAfterMs: 60_000, watchMs: 20, stopMs: 10_000 };
const patient = { timeout: 30_000, interval: 20 };

let folder: DataFolder;
let running: LocalAgent[] = [];

beforeEach(() => {
  folder = new DataFolder(mkdtempSync(join(tmpdir(), 'cumulet-local-agent-')));
});
afterEach(async () => {
  for (const agent of running) await agent.stop();
  running = [];
  rmSync(folder.path, { recursive: true });
});

function supervise(more: Partial<RestartTimes> = {}): LocalAgent {
  const { settings } = readSettings({ dataDir: folder.path, commandLine: {}, env: {} });
  const log = pino({ level: 'silent' });
  const agent = new LocalAgent({ folder, settings, log, times: { ...times, ...more }, entry });
  running.push(agent);
  agent.start();
  return agent;
}

const starts = (): string[] => readFileSync(join(folder.path, 'starts'), 'utf8').trim().split('\n');
const nthStart = (index: number) =>
  vi.waitFor(() => {
    const line = starts()[index];
    if (line === undefined) throw new Error('not started yet');
    return Number(line);
  }, patient);

test('starts an agent and ends it when it is stopped', async () => {
  const agent = supervise();
  const pid = await nthStart(0);
  expect(isProcessAlive(pid)).toBe(true);
  await agent.stop();
  expect(isProcessAlive(pid)).toBe(false);
});

test('starts an agent again that was killed', async () => {
  supervise();
  const first = await nthStart(0);
  process.kill(first, 'SIGKILL');
  const second = await nthStart(1);
  expect(second).not.toBe(first);
});

test('starts one that had been running well again at once', async () => {
  // A pause would be longer than the test.
  supervise({ healthyAfterMs: 0, firstDelayMs: 600_000 });
  process.kill(await nthStart(0), 'SIGKILL');
  await nthStart(1);
});

test.each(['0.0.1', ''])('replaces an agent of another version that outlived its controller (%j)', async (version) => {
  writeFileSync(join(folder.path, 'version'), version);
  supervise();
  const old = await nthStart(0);
  rmSync(join(folder.path, 'version'));
  supervise();
  const successor = await nthStart(1);
  await vi.waitFor(() => expect(isProcessAlive(old)).toBe(false), patient);
  expect(isProcessAlive(successor)).toBe(true);
});

test('goes on trying while the agent crashes at its start', async () => {
  writeFileSync(join(folder.path, 'crash'), '');
  supervise();
  await vi.waitFor(() => expect(starts().length).toBeGreaterThan(2), patient);
  rmSync(join(folder.path, 'crash'));
  await vi.waitFor(() => expect(Number(starts().at(-1))).toBeGreaterThan(0), patient);
});

test('keeps an agent that an earlier controller left behind, and stops it', async () => {
  supervise();
  const pid = await nthStart(0);
  const second = supervise();
  await second.stop();
  // Its lock is free a moment before the system has forgotten it.
  await vi.waitFor(() => expect(isProcessAlive(pid)).toBe(false), patient);
});

test('takes over when the agent it found ends', async () => {
  supervise();
  const pid = await nthStart(0);
  const [first] = running.splice(0, 1);
  supervise();
  const ended = first?.stop();
  const successor = await nthStart(1);
  await ended;
  expect(isProcessAlive(successor)).toBe(true);
  await vi.waitFor(() => expect(isProcessAlive(pid)).toBe(false), patient);
});
