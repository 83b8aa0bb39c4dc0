import { basename } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../cloud.ts';
import { CumuletProcess } from './cumulet-process.ts';
import { FaultCloud } from './fault-cloud.ts';
import { hypervisorsOf, processesNaming } from './process-table.ts';

const clouds: FaultCloud[] = [];
let cloud: FaultCloud;

beforeEach(async () => {
  cloud = await FaultCloud.create();
  clouds.push(cloud);
});

afterEach(async () => {
  await cloud.destroy();
});

afterAll(async () => {
  for (const each of clouds) expect(processesNaming(each.dataDir)).toEqual([]);
});

test('Ctrl-C stops controller and agent; machines live on and are found at the next start', async () => {
  const first = await cloud.startBoth();
  const image = await cloud.uploadGuest();
  const id = await cloud.launch(image);
  await cloud.serverIn(id, 'ACTIVE');
  const logBefore = await until('the guest to say something', 60, async () => (await consoleLog(id)) || undefined);
  const running = hypervisorsOf(cloud.dataDir).map(({ pid }) => pid);
  expect(running).toHaveLength(1);

  first.interrupt();
  expect(await first.endsWithin(60)).toEqual({ code: 0, signal: null });
  expect(first.output).toMatch(/Controller and agent stopped\. Machines that run keep running/);
  // Only the machine is left of it, with what leads its network outside, what tells its guest of itself, and what ends
  // both with the machine.
  const left = processesNaming(cloud.dataDir).filter(
    ({ commandLine }) => !/\/(pasta|metadata-relay|flock)$/.test(commandLine[0] ?? ''),
  );
  expect(left.map(({ pid }) => pid)).toEqual(running);

  await cloud.startBoth();
  expect((await cloud.serverIn(id, 'ACTIVE')).name).toBe('under-test');
  expect(hypervisorsOf(cloud.dataDir).map(({ pid }) => pid)).toEqual(running);
  expect(await consoleLog(id)).toContain(logBefore.slice(0, 200));
  await cloud.deleteServer(id);
  await cloud.serverGone(id);
  expect(await cloud.violations()).toEqual([]);
});

test('a second controller on the same data folder refuses and names the one that holds it', async () => {
  const first = await cloud.startController();
  const second = CumuletProcess.start(['serve', '--no-agent', '--data-dir', cloud.dataDir, '--listen', '127.0.0.1:0']);
  expect(await second.endsWithin(60)).toEqual({ code: 1, signal: null });
  expect(second.output).toContain(`process ${first.pid}`);
  expect(second.output).toContain(cloud.dataDir);
  // The first one does not notice.
  expect((await cloud.request('GET', '/v1/status')).status).toBe(200);
});

test('npm start adds npm and nothing else, and a signal stops it', async () => {
  const args = ['--headless', '--no-agent', '--data-dir', cloud.dataDir, '--listen', '127.0.0.1:0'];
  const npm = CumuletProcess.npmStart(args);
  await npm.printed(/^Cumulet runs at /);
  const programs = processesNaming(cloud.dataDir).map(({ commandLine: [program = ''] }) => program.split(' ')[0] ?? '');
  expect(programs.map((program) => basename(program)).sort()).toEqual(['node', 'npm', 'sh']);
  npm.interrupt();
  await npm.endsWithin(60);
  expect(npm.output).toContain('The controller stopped.');
});

test('what a killed controller held is free at once', async () => {
  const first = await cloud.startController();
  await first.kill();
  await cloud.startController();
  expect((await cloud.request('GET', '/v1/status')).status).toBe(200);
});

test('an agent that lost its controller for good does not stop, and serves the next one', async () => {
  await cloud.startController();
  const agent = await cloud.startAgent({ hypervisor: 'simulated' });
  await cloud.controller?.kill();
  await cloud.startController();
  await cloud.hostIsUp();
  expect(agent.hasEnded).toBe(false);
});

async function consoleLog(id: string): Promise<string> {
  const { status, body } = await cloud.act(id, { 'os-getConsoleOutput': { length: null } });
  expect(status).toBe(200);
  return body.output;
}
