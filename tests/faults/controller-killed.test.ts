import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { casesOf } from '../../scripts/testing/sitting.ts';
import { FaultCloud } from './fault-cloud.ts';
import { listFailPoints } from './list-fail-points.ts';
import { hypervisorsOf } from './process-table.ts';

const points = await listFailPoints();
const ofLaunch = points.filter((point) => point.startsWith('server.build.'));
const ofDelete = points.filter((point) => point.startsWith('server.delete.'));
const ofRebuild = points.filter((point) => point.startsWith('server.rebuild.'));
const ofRescue = points.filter((point) => /^server\.(un)?rescue\./.test(point));
const ofResize = points.filter((point) => /^server\.(resize|confirmResize|revertResize)\./.test(point));
const ofSoftDelete = points.filter((point) => point.startsWith('server.soft_delete.'));
/** Where a safety snapshot is taken, for which one has to ask. */
const isOfSnapshot = (point: string) => point.includes('.snapshot.');
/** A step that is done and not yet recorded runs twice: the harder one of its two points. */
const isHarder = (point: string) => point.endsWith('.after');

let cloud: FaultCloud;
let image: string;

beforeAll(async () => {
  cloud = await FaultCloud.create();
  await cloud.startController();
  // One agent lives through all of it: controllers come and go beside it.
  await cloud.startAgent();
  image = await cloud.uploadGuest();
  await cloud.controller?.kill();
});

// What one point leaves must not be found by the next.
afterEach(async () => {
  await cloud.controller?.kill();
});

afterAll(async () => {
  await cloud?.destroy();
});

test('the code lists fail points around every step of launch and delete', () => {
  expect(ofLaunch.length).toBeGreaterThanOrEqual(8);
  expect(ofDelete.length).toBeGreaterThanOrEqual(6);
  expect(ofRebuild.length).toBeGreaterThanOrEqual(10);
  expect(ofRescue.length).toBeGreaterThanOrEqual(8);
  expect(ofResize.length).toBeGreaterThanOrEqual(14);
  expect(ofSoftDelete).toHaveLength(4);
});

describe('the controller is killed while it launches a machine', () => {
  test.each(casesOf(ofLaunch, isHarder))('at %s', async (failPoint) => {
    const controller = await cloud.startController({ failPoint });
    await cloud.hostIsUp();
    // The answer may be lost with the controller; the machine was decided on all the same.
    await cloud.launch(image).catch(() => undefined);
    expect(await controller.endsWithin(60)).toMatchObject({ signal: 'SIGKILL' });

    await cloud.startController();
    const { body } = await cloud.request('GET', '/compute/v2.1/servers');
    expect(body.servers).toHaveLength(1);
    const id = body.servers[0].id;
    await cloud.serverIn(id, 'ACTIVE');
    expect(hypervisorsOf(cloud.dataDir)).toHaveLength(1);
    await cloud.openConsole(id);

    await cloud.deleteServer(id);
    await cloud.serverGone(id);
    expect(await cloud.violations()).toEqual([]);
  });
});

describe('the controller is killed while it deletes a machine', () => {
  test.each(casesOf(ofDelete, isHarder))('at %s', async (failPoint) => {
    const controller = await cloud.startController({ failPoint });
    await cloud.hostIsUp();
    const id = await cloud.launch(image);
    await cloud.serverIn(id, 'ACTIVE');
    await cloud.openConsole(id);
    await cloud.deleteServer(id).catch(() => undefined);
    expect(await controller.endsWithin(60)).toMatchObject({ signal: 'SIGKILL' });

    await cloud.startController();
    await cloud.serverGone(id);
    expect(await cloud.violations()).toEqual([]);
  });
});

/** Of these the gate keeps the step in which the disks change hands. */
const isOrdered = (point: string) => /\.(rebuild|rescue|unrescue)\.after$/.test(point);

describe('the controller is killed while a machine gets other disks', () => {
  test.each(casesOf(ofRebuild, isOrdered))('rebuilt, at %s', async (failPoint) => {
    const controller = await cloud.startController({ failPoint });
    await cloud.hostIsUp();
    const id = await cloud.launch(image);
    await cloud.serverIn(id, 'ACTIVE');
    const asked = { rebuild: { imageRef: image, metadata: { is: 'rebuilt' } } };
    await cloud.act(id, asked, { isSafe: isOfSnapshot(failPoint) }).catch(() => undefined);
    expect(await controller.endsWithin(60)).toMatchObject({ signal: 'SIGKILL' });

    await cloud.startController();
    expect(await cloud.serverIn(id, 'ACTIVE')).toMatchObject({ metadata: { is: 'rebuilt' } });
    expect(hypervisorsOf(cloud.dataDir)).toHaveLength(1);
    await cloud.deleteServer(id);
    await cloud.serverGone(id);
    expect(await cloud.violations()).toEqual([]);
  });

  test.each(casesOf(ofRescue, isOrdered))('rescued and back, at %s', async (failPoint) => {
    const controller = await cloud.startController({ failPoint });
    await cloud.hostIsUp();
    const id = await cloud.launch(image);
    await cloud.serverIn(id, 'ACTIVE');
    const begin = async () => {
      await cloud.act(id, { rescue: null });
      await cloud.serverIn(id, 'RESCUE');
      await cloud.act(id, { unrescue: null });
    };
    await begin().catch(() => undefined);
    expect(await controller.endsWithin(60)).toMatchObject({ signal: 'SIGKILL' });

    await cloud.startController();
    if ((await cloud.serverIn(id, 'ACTIVE', 'RESCUE')).status === 'RESCUE') await cloud.act(id, { unrescue: null });
    await cloud.serverIn(id, 'ACTIVE');
    expect(hypervisorsOf(cloud.dataDir)).toHaveLength(1);
    await cloud.deleteServer(id);
    await cloud.serverGone(id);
    expect(await cloud.violations()).toEqual([]);
  });
});

describe('the controller is killed while a machine gets another size', () => {
  /** Of these the gate keeps the step in which the machine becomes another. */
  const isTurning = (point: string) => point === 'server.resize.resize.after';

  test.each(casesOf(ofResize, isTurning))('and keeps it or goes back, at %s', async (failPoint) => {
    const controller = await cloud.startController({ failPoint });
    await cloud.hostIsUp();
    const id = await cloud.launch(image);
    await cloud.serverIn(id, 'ACTIVE');
    const isKept = !failPoint.startsWith('server.revertResize');
    const decision = isKept ? { confirmResize: null } : { revertResize: null };
    const isSafe = isOfSnapshot(failPoint);
    const begin = async () => {
      await cloud.act(id, { resize: { flavorRef: '84' } }, { isSafe });
      await cloud.serverIn(id, 'VERIFY_RESIZE');
      await cloud.act(id, decision, { isSafe: isSafe && !isKept });
    };
    await begin().catch(() => undefined);
    expect(await controller.endsWithin(90)).toMatchObject({ signal: 'SIGKILL' });

    await cloud.startController();
    const { status } = await cloud.serverIn(id, 'ACTIVE', 'VERIFY_RESIZE');
    // It may go on with what was asked for before.
    if (status === 'VERIFY_RESIZE') await cloud.act(id, decision).catch(() => undefined);
    expect(await cloud.serverIn(id, 'ACTIVE')).toMatchObject({ flavor: { ram: isKept ? 256 : 128 } });
    expect(hypervisorsOf(cloud.dataDir)).toHaveLength(1);
    expect(await cloud.violations()).toEqual([]);
    await cloud.deleteServer(id);
    await cloud.serverGone(id);
    expect(await cloud.violations()).toEqual([]);
  });
});

describe('the controller is killed while a machine that was resized is deleted, but kept', () => {
  const config = () => join(cloud.dataDir, 'config.toml');

  afterEach(async () => {
    await rm(config(), { force: true });
  });

  /** Of these the gate keeps the one that comes between the two states. */
  const isBetween = (point: string) => point === 'server.soft_delete.turn.after';

  test.each(casesOf(ofSoftDelete, isBetween))('at %s: it is off and comes back as it is', async (failPoint) => {
    await writeFile(config(), '[compute]\nreclaim_instance_interval = 3600\n');
    const controller = await cloud.startController({ failPoint });
    await cloud.hostIsUp();
    const id = await cloud.launch(image);
    await cloud.serverIn(id, 'ACTIVE');
    await cloud.act(id, { resize: { flavorRef: '84' } });
    await cloud.serverIn(id, 'VERIFY_RESIZE');
    await cloud.request('DELETE', `/compute/v2.1/servers/${id}`).catch(() => undefined);
    expect(await controller.endsWithin(90)).toMatchObject({ signal: 'SIGKILL' });

    await cloud.startController();
    await cloud.serverIn(id, 'SOFT_DELETED');
    expect(hypervisorsOf(cloud.dataDir)).toEqual([]);
    expect(await cloud.violations()).toEqual([]);
    await cloud.act(id, { restore: null });
    expect(await cloud.serverIn(id, 'ACTIVE')).toMatchObject({ flavor: { ram: 256 } });
    await cloud.deleteServer(id);
    await cloud.serverIn(id, 'SOFT_DELETED');
    await cloud.act(id, { forceDelete: null });
    await cloud.serverGone(id);
    expect(await cloud.violations()).toEqual([]);
  });
});
