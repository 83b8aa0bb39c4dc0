import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FaultCloud } from './fault-cloud.ts';
import { SmallDisk } from './small-disk.ts';

const MIB = 1024 * 1024;
/** A file system of its own that is really full: only root can mount one. */
const canMount = SmallDisk.canMount();

describe.skipIf(!canMount)('the disk of the data folder is full', () => {
  let disk: SmallDisk;
  let cloud: FaultCloud;
  let image: string;

  beforeAll(async () => {
    disk = await SmallDisk.mount();
    await mkdir(join(disk.path, 'data'));
    cloud = new FaultCloud(join(disk.path, 'data'));
    await cloud.startController();
    await cloud.startAgent();
    image = await cloud.uploadGuest();
  });

  afterAll(async () => {
    await cloud?.destroy();
    await disk.unmount();
  });

  test('an upload fails with a clear answer, the image waits for its bytes again, and nothing is left of it', async () => {
    disk.fillUpTo(160);
    const stored = filesIn(join(cloud.dataDir, 'images'));
    const freeBefore = disk.freeMib;
    const id = await cloud.createImage({ name: 'too-much', disk_format: 'raw' });

    const answer = await cloud.uploadImage(id, noise(256 * MIB));
    expect(answer.status).toBe(507);
    expect(JSON.stringify(answer.body)).toMatch(/full|space/i);

    const { body } = await cloud.request('GET', `/image/v2/images/${id}`);
    expect(body).toMatchObject({ status: 'queued', size: null, checksum: null });
    expect(filesIn(join(cloud.dataDir, 'images'))).toEqual(stored);
    expect(Math.abs(disk.freeMib - freeBefore)).toBeLessThan(8);
    expect((await cloud.request('GET', `/image/v2/images/${image}`)).body.status).toBe('active');
    expect((await cloud.request('DELETE', `/image/v2/images/${id}`)).status).toBe(204);
    disk.makeRoom();
  });

  test('a launch fails with a fault people understand, and the next one works once there is room', async () => {
    disk.fillUpTo(16);
    const id = await cloud.launch(image);
    const server = await cloud.serverIn(id, 'ERROR');
    expect(server.fault.message).toMatch(/full/);
    expect(server.fault.message).not.toMatch(/\n\s+at /);
    await cloud.deleteServer(id);
    await cloud.serverGone(id);
    expect(await cloud.violations()).toEqual([]);

    disk.makeRoom();
    const next = await cloud.launch(image);
    await cloud.serverIn(next, 'ACTIVE');
    await cloud.deleteServer(next);
    await cloud.serverGone(next);
    expect(await cloud.violations()).toEqual([]);
  });

  test('with not one byte left, deleting still works', async () => {
    const id = await cloud.launch(image);
    await cloud.serverIn(id, 'ACTIVE');
    disk.fillUpTo(0);
    const answer = await cloud.request('DELETE', `/compute/v2.1/servers/${id}`);
    // The database may not have room to note the wish: then it says so, and goes on when there is.
    if (answer.status !== 204) {
      expect(answer.status).toBe(507);
      disk.makeRoom();
      await cloud.deleteServer(id);
    }
    await cloud.serverGone(id).finally(() => disk.makeRoom());
    expect(await cloud.violations()).toEqual([]);
  });
});

function noise(bytes: number): Readable {
  const block = randomBytes(MIB);
  return Readable.from(
    (function* () {
      for (let sent = 0; sent < bytes; sent += block.length) yield block;
    })(),
  );
}

function filesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
