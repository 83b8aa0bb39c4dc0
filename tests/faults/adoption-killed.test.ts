import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Unclaimed } from '../../app/contract/unclaimed.ts';
import { casesOf } from '../../scripts/testing/sitting.ts';
import { until } from '../cloud.ts';
import { FaultCloud } from './fault-cloud.ts';
import { listFailPoints } from './list-fail-points.ts';
import { hypervisorsOf } from './process-table.ts';

const points = (await listFailPoints()).filter((point) => /^(server|image)\.adopt\./.test(point));
/** Of these the gate keeps the file that is back in its place, which nobody has noted. */
const inGate = (point: string) => point === 'image.adopt.store.after';

let cloud: FaultCloud;
let image: string;
let projectId: string;

const database = () => join(cloud.dataDir, 'cumulet.db');
/** The database before any of the machines and images that are adopted. */
const earlier = () => join(cloud.dataDir, 'earlier.copy');

beforeAll(async () => {
  cloud = await FaultCloud.create();
  await cloud.startController();
  await cloud.startAgent();
  image = await cloud.uploadGuest();
  projectId = (await cloud.request('GET', '/identity/v3/auth/projects')).body.projects[0].id;
  await cloud.controller?.kill('SIGTERM');
  await copyFile(database(), earlier());
});

afterEach(async () => {
  await cloud.controller?.kill();
});

afterAll(async () => {
  await cloud?.destroy();
});

describe('the controller is killed while it adopts what an older database does not know', () => {
  test.each(casesOf(points, inGate))('at %s: it is adopted all the same, as it was', async (failPoint) => {
    await cloud.startController();
    await cloud.hostIsUp();
    const isMachine = failPoint.startsWith('server.');
    const id = isMachine ? await cloud.launch(image) : await cloud.uploadGuest('another');
    if (isMachine) await cloud.serverIn(id, 'ACTIVE');
    const before = hypervisorsOf(cloud.dataDir);
    await cloud.controller?.kill('SIGTERM');
    for (const part of ['-wal', '-shm']) await rm(database() + part, { force: true });
    await copyFile(earlier(), database());

    const controller = await cloud.startController({ failPoint });
    await cloud.hostIsUp();
    const thing: Unclaimed = await until('it to be listed', 60, async () => {
      const { body } = await cloud.request('GET', '/v1/unclaimed');
      return body.unclaimed.find(({ canAdopt }: Unclaimed) => canAdopt);
    });
    // The answer may be lost with the controller.
    await cloud.request('POST', `/v1/unclaimed/${thing.id}/adopt`, { projectId }).catch(() => undefined);
    expect(await controller.endsWithin(90)).toMatchObject({ signal: 'SIGKILL' });

    await cloud.startController();
    await cloud.hostIsUp();
    if (isMachine) {
      await cloud.serverIn(id, 'ACTIVE');
      expect(hypervisorsOf(cloud.dataDir)).toEqual(before);
      await cloud.deleteServer(id);
      await cloud.serverGone(id);
    } else {
      const path = `/image/v2/images/${id}`;
      const isActive = async () => (await cloud.request('GET', path)).body.status === 'active' || undefined;
      await until('the image to be active', 60, isActive);
      // Under another name.
      cloud.ledger.gone('image', id);
      expect((await cloud.request('DELETE', path)).status).toBe(204);
    }
    expect((await cloud.request('GET', '/v1/unclaimed')).body.unclaimed).toEqual([]);
    expect(await cloud.violations()).toEqual([]);
  });
});
