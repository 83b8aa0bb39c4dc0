import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FaultCloud } from './fault-cloud.ts';

const MIB = 1024 * 1024;
/** Large enough that the scheduler places a machine of 1 GiB on it; most of it is taken by ballast. */
const DISK_MIB = 1300;

/** A file system of its own that is really full: only root can mount one. */
const canMount = process.getuid?.() === 0 && tryMount();

describe.skipIf(!canMount)('the disk of the data folder is full', () => {
  let disk: string;
  let cloud: FaultCloud;
  let image: string;

  beforeAll(async () => {
    disk = await mkdtemp(join(tmpdir(), 'cumulet-disk-'));
    mount(disk);
    await mkdir(join(disk, 'data'));
    cloud = new FaultCloud(join(disk, 'data'));
    await cloud.startController();
    await cloud.startAgent();
    image = await cloud.uploadGuest();
  });

  afterAll(async () => {
    await cloud?.destroy();
    execFileSync('umount', [disk]);
    await rm(disk, { recursive: true, force: true });
  });

  test('an upload fails with a clear answer, the image waits for its bytes again, and nothing is left of it', async () => {
    const ballast = join(disk, 'ballast');
    fillUpTo(ballast, 160);
    const stored = filesIn(join(cloud.dataDir, 'images'));
    const freeBefore = freeMib(disk);
    const id = await cloud.createImage({ name: 'too-much', disk_format: 'raw' });

    const answer = await cloud.uploadImage(id, noise(256 * MIB));
    expect(answer.status).toBe(507);
    expect(JSON.stringify(answer.body)).toMatch(/full|space/i);

    const { body } = await cloud.request('GET', `/image/v2/images/${id}`);
    expect(body).toMatchObject({ status: 'queued', size: null, checksum: null });
    expect(filesIn(join(cloud.dataDir, 'images'))).toEqual(stored);
    expect(Math.abs(freeMib(disk) - freeBefore)).toBeLessThan(8);
    expect((await cloud.request('GET', `/image/v2/images/${image}`)).body.status).toBe('active');
    expect((await cloud.request('DELETE', `/image/v2/images/${id}`)).status).toBe(204);
    rmSync(ballast);
  });

  test('a launch fails with a fault people understand, and the next one works once there is room', async () => {
    const ballast = join(disk, 'ballast');
    fillUpTo(ballast, 16);
    const id = await cloud.launch(image);
    const server = await cloud.serverIn(id, 'ERROR');
    expect(server.fault.message).toMatch(/full/);
    expect(server.fault.message).not.toMatch(/\n\s+at /);
    await cloud.deleteServer(id);
    await cloud.serverGone(id);
    expect(await cloud.violations()).toEqual([]);

    rmSync(ballast);
    const next = await cloud.launch(image);
    await cloud.serverIn(next, 'ACTIVE');
    await cloud.deleteServer(next);
    await cloud.serverGone(next);
    expect(await cloud.violations()).toEqual([]);
  });

  test('with not one byte left, deleting still works', async () => {
    const id = await cloud.launch(image);
    await cloud.serverIn(id, 'ACTIVE');
    const ballast = join(disk, 'ballast');
    fillUpTo(ballast, 0);
    const answer = await cloud.request('DELETE', `/compute/v2.1/servers/${id}`);
    // The database may not have room to note the wish: then it says so, and goes on when there is.
    if (answer.status !== 204) {
      expect(answer.status).toBe(507);
      rmSync(ballast);
      await cloud.deleteServer(id);
    }
    await cloud.serverGone(id).finally(() => rmSync(ballast, { force: true }));
    expect(await cloud.violations()).toEqual([]);
  });

  /** Takes all room but `leave` MiB, at once. */
  function fillUpTo(path: string, leave: number): void {
    const bytes = Math.floor((freeMib(disk) - leave) * MIB);
    execFileSync('fallocate', ['-l', String(bytes), path]);
  }
});

function noise(bytes: number): Readable {
  const block = randomBytes(MIB);
  return Readable.from(
    (function* () {
      for (let sent = 0; sent < bytes; sent += block.length) yield block;
    })(),
  );
}

function freeMib(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return (bavail * bsize) / MIB;
}

function filesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function mount(path: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'cumulet-test', path], { stdio: 'pipe' });
}

/** Root in a container may lack the right. */
function tryMount(): boolean {
  const path = execFileSync('mktemp', ['-d']).toString().trim();
  try {
    mount(path);
    execFileSync('umount', [path]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}
