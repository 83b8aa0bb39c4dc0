import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { casesOf } from '../../scripts/testing/sitting.ts';
import { until } from '../cloud.ts';
import { type Answer, FaultCloud } from './fault-cloud.ts';
import { listFailPoints } from './list-fail-points.ts';
import { hypervisorsOf } from './process-table.ts';

/** What is done to a machine that runs, when its controller dies in it. */
interface Work {
  /** What makes the machine ready for it, and the state that this leads to. */
  before?: { ask: Work['ask']; status: string };
  ask: (id: string) => Promise<Answer>;
  /** Where it leads all the same. */
  ends: string;
  settings?: string;
}

const GROUP = 'shop';
const KEPT = 'reclaim_instance_interval = 3600';
const STAYS_ON_HOST = 'shelved_offload_time = -1';
const act = (action: Record<string, unknown>) => (id: string) => cloud.act(id, action);
const group = (way: string) => () => cloud.request('POST', `/v1/machine-groups/${GROUP}/${way}`);
const isOff = { ask: act({ 'os-stop': null }), status: 'SHUTOFF' };
const isShelved = { ask: act({ shelve: null }), status: 'SHELVED' };

/** By what the names of its points begin with. */
const WORKS: Record<string, Work> = {
  'server.stop': { ask: act({ 'os-stop': null }), ends: 'SHUTOFF' },
  'server.reboot': { ask: act({ reboot: { type: 'HARD' } }), ends: 'ACTIVE' },
  'server.pause': { ask: act({ pause: null }), ends: 'PAUSED' },
  'server.unpause': {
    before: { ask: act({ pause: null }), status: 'PAUSED' },
    ask: act({ unpause: null }),
    ends: 'ACTIVE',
  },
  'server.suspend': { ask: act({ suspend: null }), ends: 'SUSPENDED' },
  'server.resume': {
    before: { ask: act({ suspend: null }), status: 'SUSPENDED' },
    ask: act({ resume: null }),
    ends: 'ACTIVE',
  },
  'server.trigger_crash_dump': { ask: act({ trigger_crash_dump: null }), ends: 'ACTIVE' },
  'server.shelveOffload': {
    settings: STAYS_ON_HOST,
    before: isShelved,
    ask: act({ shelveOffload: null }),
    ends: 'SHELVED_OFFLOADED',
  },
  'server.unshelve.power-on': {
    settings: STAYS_ON_HOST,
    before: isShelved,
    ask: act({ unshelve: null }),
    ends: 'ACTIVE',
  },
  'server.restore': {
    settings: KEPT,
    before: { ask: (id) => cloud.request('DELETE', `/compute/v2.1/servers/${id}`), status: 'SOFT_DELETED' },
    ask: act({ restore: null }),
    ends: 'ACTIVE',
  },
  'server.ports': { ask: addAddress, ends: 'ACTIVE' },
  'machine_group.stop': { ask: group('stop'), ends: 'SHUTOFF' },
  'machine_group.start': { before: isOff, ask: group('start'), ends: 'ACTIVE' },
  'backup.make': { ask: () => cloud.request('POST', '/v1/backups', {}), ends: 'ACTIVE' },
};
const workOf = (point: string) => Object.entries(WORKS).find(([begin]) => point.startsWith(`${begin}.`))?.[1];
const points = (await listFailPoints()).filter((point) => workOf(point) !== undefined);
/** Of these the gate keeps a machine that its host has done it to, which nobody has noted. */
const inGate = (point: string) => point === 'server.stop.stop.after';

let cloud: FaultCloud;
let image: string;
const config = () => join(cloud.dataDir, 'config.toml');

beforeAll(async () => {
  cloud = await FaultCloud.create();
  await cloud.startController();
  await cloud.startAgent();
  image = await cloud.uploadGuest();
  await cloud.controller?.kill();
});

afterEach(async () => {
  await cloud.controller?.kill();
  await rm(config(), { force: true });
});

afterAll(async () => {
  await cloud?.destroy();
});

describe('the controller is killed in what it does once', () => {
  test.each(casesOf(points, inGate))('at %s: it is done all the same', async (failPoint) => {
    const { before, ask, ends, settings } = workOf(failPoint) as Work;
    if (settings) await writeFile(config(), `[compute]\n${settings}\n`);
    const controller = await cloud.startController({ failPoint });
    await cloud.hostIsUp();
    const id = await cloud.launch(image, { tags: [GROUP] });
    await cloud.serverIn(id, 'ACTIVE');
    if (before) {
      await before.ask(id);
      await cloud.serverIn(id, before.status);
    }
    // The answer may be lost with the controller; it was decided on all the same.
    await ask(id).catch(() => undefined);
    expect(await controller.endsWithin(90)).toMatchObject({ signal: 'SIGKILL' });

    await cloud.startController();
    await until('all work to end', 90, async () => {
      const { body } = await cloud.request('GET', '/v1/tasks?state=active');
      return body.tasks.length === 0 || undefined;
    });
    await cloud.serverIn(id, ends);
    expect(hypervisorsOf(cloud.dataDir)).toHaveLength(['ACTIVE', 'PAUSED'].includes(ends) ? 1 : 0);
    const { body } = await cloud.request('GET', '/v1/tasks?state=finished&limit=1');
    expect(body.tasks).toMatchObject([{ state: 'succeeded', error: null }]);
    await nothingIsLeft(id);
  });
});

/** One more in the network that it has its card in; the host is told. */
async function addAddress(id: string): Promise<Answer> {
  const { body } = await cloud.request('GET', `/network/v2.0/ports?device_id=${id}`);
  const addFixedIp = { networkId: body.ports[0].network_id };
  return await cloud.request('POST', `/compute/v2.1/servers/${id}/action`, { addFixedIp });
}

async function nothingIsLeft(id: string): Promise<void> {
  await cloud.act(id, { forceDelete: null });
  cloud.ledger.gone('server', id);
  await cloud.serverGone(id);
  const { images } = (await cloud.request('GET', '/image/v2/images?image_type=snapshot')).body;
  for (const snapshot of images) await cloud.request('DELETE', `/image/v2/images/${snapshot.id}`);
  for (const backup of (await cloud.request('GET', '/v1/backups')).body.backups) {
    await cloud.request('DELETE', `/v1/backups/${backup.id}`);
  }
  expect(await cloud.violations()).toEqual([]);
}
