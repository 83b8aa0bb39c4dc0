import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { casesOf } from '../../scripts/testing/sitting.ts';
import { until } from '../cloud.ts';
import { FaultCloud } from './fault-cloud.ts';
import { listFailPoints } from './list-fail-points.ts';
import { hypervisorsOf } from './process-table.ts';

const points = await listFailPoints();
const pointsOf = (verb: string) => points.filter((point) => point.startsWith(`server.${verb}.`));
/** Of each verb one: the copy is with the controller, and that is not recorded. */
const inGate = ['server.createImage.snapshot.after', 'server.shelve.end.before', 'server.unshelve.spawn.after'];
const casesIn = (verb: string) => casesOf(pointsOf(verb), (point) => inGate.includes(point));

let cloud: FaultCloud;
let image: string;

beforeAll(async () => {
  cloud = await FaultCloud.create();
  await cloud.startController();
  await cloud.startAgent();
  image = await cloud.uploadGuest();
  await cloud.controller?.kill();
});

afterEach(async () => {
  await cloud.controller?.kill();
});

afterAll(async () => {
  await cloud?.destroy();
});

/** A controller that kills itself there, and a machine. */
async function launchBelow(failPoint: string): Promise<string> {
  await cloud.startController({ failPoint });
  await cloud.hostIsUp();
  const id = await cloud.launch(image);
  await cloud.serverIn(id, 'ACTIVE');
  return id;
}

async function dies(): Promise<void> {
  expect(await cloud.controller?.endsWithin(90)).toMatchObject({ signal: 'SIGKILL' });
  await cloud.startController();
}

const snapshots = async () => {
  const { body } = await cloud.request('GET', '/image/v2/images?image_type=snapshot');
  return body.images as { id: string; status: string }[];
};

async function nothingIsLeft(id: string): Promise<void> {
  await cloud.deleteServer(id);
  await cloud.serverGone(id);
  for (const { id: snapshot } of await snapshots()) await cloud.request('DELETE', `/image/v2/images/${snapshot}`);
  expect(await cloud.violations()).toEqual([]);
}

describe('the controller is killed while a machine becomes an image', () => {
  test.each(casesIn('createImage'))('at %s', async (failPoint) => {
    const id = await launchBelow(failPoint);
    await cloud.act(id, { createImage: { name: 'copy' } }).catch(() => undefined);
    await dies();
    await cloud.serverIn(id, 'ACTIVE');
    expect(await snapshots()).toMatchObject([{ status: 'active' }]);
    await nothingIsLeft(id);
  });

  test.each(casesIn('createBackup'))('at %s', async (failPoint) => {
    const id = await launchBelow(failPoint);
    const backup = { name: 'copy', backup_type: 'daily', rotation: 0 };
    await cloud.act(id, { createBackup: backup }).catch(() => undefined);
    await dies();
    await cloud.serverIn(id, 'ACTIVE');
    const { body } = await cloud.request('GET', '/image/v2/images?image_type=backup');
    expect(body.images).toEqual([]);
    await nothingIsLeft(id);
  });
});

describe('the controller is killed while a machine is shelved', () => {
  test.each(casesIn('shelve'))('at %s', async (failPoint) => {
    const id = await launchBelow(failPoint);
    await cloud.act(id, { shelve: null }).catch(() => undefined);
    await dies();
    await cloud.serverIn(id, 'SHELVED_OFFLOADED');
    await until('its host to be free', 60, async () => (hypervisorsOf(cloud.dataDir).length === 0 ? true : undefined));
    expect(await snapshots()).toMatchObject([{ status: 'active' }]);
    await cloud.act(id, { unshelve: null });
    await cloud.serverIn(id, 'ACTIVE');
    await nothingIsLeft(id);
  });
});

describe('the controller is killed while a machine comes back', () => {
  // Here it has left its host.
  const cases = casesIn('unshelve').filter((point) => !point.includes('power-on'));
  test.each(cases)('at %s', async (failPoint) => {
    const id = await launchBelow(failPoint);
    await cloud.act(id, { shelve: null });
    await cloud.serverIn(id, 'SHELVED_OFFLOADED');
    await cloud.act(id, { unshelve: null }).catch(() => undefined);
    await dies();
    await cloud.serverIn(id, 'ACTIVE');
    expect(hypervisorsOf(cloud.dataDir)).toHaveLength(1);
    expect(await snapshots()).toEqual([]);
    await nothingIsLeft(id);
  });
});
