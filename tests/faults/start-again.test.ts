import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { casesOf } from '../../scripts/testing/sitting.ts';
import { until } from '../cloud.ts';
import { FaultCloud, MICROVERSION } from './fault-cloud.ts';
import { listFailPoints } from './list-fail-points.ts';
import { hypervisorsOf } from './process-table.ts';

const PORT = 5432;
const LISTENS = 'the database listens';
/** At each start it takes a while to answer. */
const DATABASE = `#!/bin/sh
sleep 3
echo '${LISTENS}' > /dev/console
while :; do nc -l -p ${PORT} < /dev/null; done > /dev/null 2>&1 &
`;

const points = (await listFailPoints()).filter((point) => /^(host\.start_again|server\.start)\./.test(point));

let cloud: FaultCloud;
let db: string;
let web: string;

beforeAll(async () => {
  cloud = await FaultCloud.create();
  await cloud.startController();
  await cloud.startAgent();
  const image = await cloud.uploadGuest();
  db = await cloud.launch(image, { name: 'db', user_data: Buffer.from(DATABASE).toString('base64') });
  web = await cloud.launch(image, { name: 'web' });
  await cloud.serverIn(db, 'ACTIVE');
  await cloud.serverIn(web, 'ACTIVE');
  const after = [{ server: db, healthy: { kind: 'tcp', port: PORT }, timeoutSeconds: 600 }];
  const { status, body } = await cloud.request('PUT', `/v1/servers/${web}/startup`, { order: 1, after });
  expect([status, body]).toEqual([200, expect.objectContaining({ order: 1 })]);
});

afterAll(async () => {
  await cloud?.destroy();
});

test('the code lists fail points around each step', () => {
  expect(points).toHaveLength(6);
});

/** Of these the gate keeps the one in the middle of all: the first of the machines was started, which nobody has noted. */
const isInTheMiddle = (point: string) => point === 'server.start.start.after';

test.each(casesOf(points, isInTheMiddle))(
  'a computer goes down, and its controller is killed at %s as it comes up: the second machine comes after the first answers',
  async (failPoint) => {
    const startsBefore = [await startsOf(db), await startsOf(web)];
    const saidBefore = await timesSaid();
    await crashComputer();

    const controller = await cloud.startController({ failPoint });
    // The controller may be gone before it says that the host is up.
    await cloud.startAgent().catch(() => undefined);
    expect(await controller.endsWithin(120)).toMatchObject({ signal: 'SIGKILL' });

    await cloud.startController();
    await cloud.serverIn(db, 'ACTIVE');
    await until('the second machine to start', 120, async () => {
      if (!hypervisorsOf(cloud.dataDir).some(({ commandLine }) => commandLine.join().includes(web))) return undefined;
      // It runs: by then the first one had said that it listens.
      expect(await timesSaid()).toBeGreaterThan(saidBefore);
      return true;
    });
    await cloud.serverIn(web, 'ACTIVE');
    const task = await until('the task to end', 60, async () => {
      const { body } = await cloud.request('GET', '/v1/tasks?state=finished&limit=20');
      return body.tasks.find(({ kind }: { kind: string }) => kind === 'host.start_again');
    });
    expect(task).toMatchObject({ state: 'succeeded', error: null });
    expect(hypervisorsOf(cloud.dataDir)).toHaveLength(2);
    expect([await startsOf(db), await startsOf(web)]).toEqual(startsBefore.map((count) => count + 1));
    expect(await cloud.violations()).toEqual([]);
  },
);

/**
 * All that runs ends at once, and the computer comes up with another boot: what wrote down this one reads as if it had
 * been another.
 */
async function crashComputer(): Promise<void> {
  await Promise.all([cloud.controller?.kill(), cloud.agent?.kill()]);
  for (const { pid } of hypervisorsOf(cloud.dataDir)) process.kill(pid, 'SIGKILL');
  await until('the machines to be gone', 30, async () =>
    hypervisorsOf(cloud.dataDir).length === 0 ? true : undefined,
  );
  const machines = join(cloud.dataDir, 'agent', 'machines');
  for (const name of await readdir(machines)) {
    const path = join(machines, name, 'state.json');
    const state = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify({ ...state, bootId: 'another boot' }));
  }
  const database = new DatabaseSync(join(cloud.dataDir, 'cumulet.db'));
  database.exec(`UPDATE compute_host_boot SET boot_id = 'another boot'`);
  database.close();
}

async function timesSaid(): Promise<number> {
  const action = { 'os-getConsoleOutput': {} };
  const { body } = await cloud.request('POST', `/compute/v2.1/servers/${db}/action`, action, MICROVERSION);
  return String(body.output).split(LISTENS).length - 1;
}

async function startsOf(id: string): Promise<number> {
  const { body } = await cloud.request(
    'GET',
    `/compute/v2.1/servers/${id}/os-instance-actions`,
    undefined,
    MICROVERSION,
  );
  return body.instanceActions.filter(({ action }: { action: string }) => action === 'start').length;
}
