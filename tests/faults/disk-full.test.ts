import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../cloud.ts';
import { SmallDisk } from '../small-disk.ts';
import { CumuletProcess } from './cumulet-process.ts';
import { FaultCloud } from './fault-cloud.ts';
import { hypervisorsOf } from './process-table.ts';

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
    if (answer.status === 204) cloud.ledger.gone('server', id);
    else {
      expect(answer.status).toBe(507);
      disk.makeRoom();
      await cloud.deleteServer(id);
    }
    await cloud.serverGone(id).finally(() => disk.makeRoom());
    expect(await cloud.violations()).toEqual([]);
  });

  test('with not one byte left, every API says so in its own words, reads go on, and nobody ends', async () => {
    const id = await cloud.launch(image);
    await cloud.serverIn(id, 'ACTIVE');
    const networkId = (await cloud.request('GET', '/network/v2.0/networks')).body.networks[0].id;
    disk.fillUpTo(0);
    await fillDatabase();

    const key = (name: string) => ({ keypair: { name } });
    expect(await refusal('POST', '/compute/v2.1/os-keypairs', key)).toMatchObject({ computeFault: { code: 507 } });
    const port = (name: string) => ({ port: { name, network_id: networkId } });
    expect(await refusal('POST', '/network/v2.0/ports', port)).toHaveProperty('NeutronError');
    const glance = (name: string) => ({ name, disk_format: 'raw', container_format: 'bare' });
    expect(await refusal('POST', '/image/v2/images', glance)).toMatchObject({ code: '507 Insufficient Storage' });
    const user = (name: string) => ({ user: { name, domain_id: 'default' } });
    expect(await refusal('POST', '/identity/v3/users', user)).toMatchObject({ error: { code: 507 } });
    expect(await cloud.server(id)).toMatchObject({ status: 'ACTIVE' });

    const [qemu] = hypervisorsOf(cloud.dataDir);
    process.kill(qemu!.pid, 'SIGKILL');
    await until('QEMU to be gone', 30, async () => (hypervisorsOf(cloud.dataDir).length === 0 ? true : undefined));
    expect((await cloud.request('GET', '/v1/status')).status).toBe(200);
    disk.makeRoom();
    await cloud.agent?.kill('SIGTERM');
    await cloud.startAgent();
    await cloud.serverIn(id, 'SHUTOFF');
    expect(cloud.controller?.hasEnded).toBe(false);
    await cloud.deleteServer(id);
    await cloud.serverGone(id);
    expect(await cloud.violations()).toEqual([]);
  });

  test('a start on a full disk says so and what to do, and works once there is room', async () => {
    await cloud.controller?.kill();
    disk.fillUpTo(0);
    const refused = CumuletProcess.start([
      'serve',
      '--no-agent',
      '--data-dir',
      cloud.dataDir,
      '--listen',
      '127.0.0.1:0',
    ]);
    expect(await refused.endsWithin(60)).toEqual({ code: 1, signal: null });
    expect(refused.output).toMatch(/^cumulet: The disk of the controller's data folder is full\.\nFree some space/);
    expect(refused.output).not.toMatch(/\n\s+at /);
    disk.makeRoom();
    await cloud.startController();
    await cloud.hostIsUp();
    expect(await cloud.violations()).toEqual([]);
  });

  /** What lies free in its files is used up too. */
  async function fillDatabase(): Promise<void> {
    const description = 'x'.repeat(50_000);
    for (let count = 0; ; count++) {
      const user = { name: `filler-${count}`, domain_id: 'default', description };
      const { status, body } = await cloud.request('POST', '/identity/v3/users', { user });
      if (status === 507) return;
      if (status !== 201 || count > 500) throw new Error(`Filling: ${status} ${JSON.stringify(body)}`);
    }
  }

  /** Small things may still fit where a large one did not. */
  async function refusal(method: string, path: string, bodyOf: (name: string) => unknown): Promise<unknown> {
    for (let count = 0; ; count++) {
      const { status, body } = await cloud.request(method, path, bodyOf(`no-room-${count}`));
      if (status === 507) return body;
      expect([200, 201], JSON.stringify(body)).toContain(status);
      expect(count).toBeLessThan(1000);
    }
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

function filesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
