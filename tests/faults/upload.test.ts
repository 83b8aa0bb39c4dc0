import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { until } from '../cloud.ts';
import { FaultCloud } from './fault-cloud.ts';
import { memoryOf } from './process-table.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

let cloud: FaultCloud;

beforeAll(async () => {
  cloud = await FaultCloud.create();
  await cloud.startController();
});

afterEach(async () => {
  expect(await cloud.violations()).toEqual([]);
});

afterAll(async () => {
  await cloud?.destroy();
});

test.each([
  ['whose length was announced', 64 * MIB],
  ['of unknown length', undefined],
])(
  'an upload %s that is cut half-way leaves nothing, and the image takes its bytes again',
  async (_what, announced) => {
    const before = storedFiles();
    const id = await cloud.createImage({ name: 'cut', disk_format: 'raw' });
    await uploadAndHangUp(id, announced);
    await until('the image to wait for its bytes again', 30, async () => {
      const { body } = await cloud.request('GET', `/image/v2/images/${id}`);
      return body.status === 'queued' ? true : undefined;
    });
    expect(storedFiles()).toEqual(before);

    expect((await cloud.uploadImage(id, zeros(2 * MIB))).status).toBe(204);
    const { body } = await cloud.request('GET', `/image/v2/images/${id}`);
    expect(body).toMatchObject({ status: 'active', size: 2 * MIB });
    expect((await cloud.request('DELETE', `/image/v2/images/${id}`)).status).toBe(204);
  },
);

test('a client that reads the answer only when all is sent gets it, also when the first bytes were refused', async () => {
  const before = storedFiles();
  const id = await cloud.createImage({ name: 'not what it says', disk_format: 'qcow2' });
  const size = 48 * MIB;
  const { hostname, port, host } = new URL(cloud.url);
  const socket = connect(Number(port), hostname);
  const head = [`PUT /image/v2/images/${id}/file HTTP/1.1`, `host: ${host}`, `x-auth-token: ${cloud.token}`];
  socket.write(
    `${[...head, 'content-type: application/octet-stream', `content-length: ${size}`].join('\r\n')}\r\n\r\n`,
  );
  for (let sent = 0; sent < size; sent += MIB) {
    if (!socket.write(Buffer.alloc(MIB))) await once(socket, 'drain');
  }
  const [answer] = await once(socket, 'data');
  socket.destroy();
  expect(String(answer)).toMatch(/^HTTP\/1\.1 400 /);
  expect(storedFiles()).toEqual(before);
});

test('the controller killed in the middle of an upload forgets the half of it', async () => {
  const before = storedFiles();
  const id = await cloud.createImage({ name: 'cut by a crash', disk_format: 'raw' });
  const endless = cloud.uploadImage(id, zeros(Number.POSITIVE_INFINITY)).catch(() => undefined);
  await until('bytes to arrive', 30, async () => (storedFiles().length > before.length ? true : undefined));
  await cloud.controller?.kill();
  await endless;

  await cloud.startController();
  const { body } = await cloud.request('GET', `/image/v2/images/${id}`);
  expect(body.status).toBe('queued');
  expect(storedFiles()).toEqual(before);
  expect(await uploadsInTrail(id)).toMatchObject([{ outcome: 'failure', reason: 'It has not come to its end.' }]);
  expect((await cloud.uploadImage(id, zeros(MIB))).status).toBe(204);
  expect(await uploadsInTrail(id)).toMatchObject([{ outcome: 'success', reason: null }, { outcome: 'failure' }]);
});

test('asked to stop in the middle of an upload, the controller ends it in the time all have, and it is in the trail', async () => {
  const before = storedFiles();
  const id = await cloud.createImage({ name: 'cut by a stop', disk_format: 'raw' });
  const endless = cloud.uploadImage(id, zeros(Number.POSITIVE_INFINITY)).catch(() => undefined);
  await until('bytes to arrive', 30, async () => (storedFiles().length > before.length ? true : undefined));
  void cloud.controller?.kill('SIGTERM');
  // Requests have five seconds; the rest is what a busy computer takes.
  expect(await cloud.controller?.endsWithin(12)).toEqual({ code: 0, signal: null });
  await endless;

  await cloud.startController();
  expect(storedFiles()).toEqual(before);
  expect((await cloud.request('GET', `/image/v2/images/${id}`)).body.status).toBe('queued');
  expect(await uploadsInTrail(id)).toMatchObject([{ method: 'PUT', outcome: 'failure', user: { name: 'admin' } }]);
});

test('an upload of 4 GiB takes no more memory than a small one', async () => {
  const pid = cloud.controller!.pid;
  const warm = await cloud.createImage({ name: 'warm-up', disk_format: 'raw' });
  await cloud.uploadImage(warm, zeros(64 * MIB));
  const { now } = memoryOf(pid);
  resetPeak(pid);

  const id = await cloud.createImage({ name: 'large', disk_format: 'raw' });
  expect((await cloud.uploadImage(id, zeros(4 * GIB))).status).toBe(204);
  const grown = memoryOf(pid).peak - now;
  expect(grown).toBeLessThan(100);

  const { body } = await cloud.request('GET', `/image/v2/images/${id}`);
  expect(body).toMatchObject({ status: 'active', size: 4 * GIB });
  // sha512sum of as many zeros.
  expect(body.os_hash_value).toMatch(/^[0-9a-f]{128}$/);
  expect((await cloud.request('DELETE', `/image/v2/images/${id}`)).status).toBe(204);
});

async function uploadsInTrail(id: string): Promise<object[]> {
  return (await cloud.request('GET', `/v1/audit?resourceId=${id}&action=upload_image`)).body.records;
}

/** Sends 16 MiB, sees them arrive, and drops the connection. */
async function uploadAndHangUp(id: string, announced: number | undefined): Promise<void> {
  const before = storedFiles().length;
  const { port, hostname } = new URL(cloud.url);
  const upload = httpRequest({
    hostname,
    port,
    method: 'PUT',
    path: `/image/v2/images/${id}/file`,
    headers: {
      'x-auth-token': cloud.token,
      'content-type': 'application/octet-stream',
      ...(announced === undefined ? {} : { 'content-length': announced }),
    },
  });
  upload.on('error', () => undefined);
  upload.write(Buffer.alloc(16 * MIB));
  await until('bytes to arrive', 30, async () => (storedFiles().length > before ? true : undefined));
  upload.destroy();
}

function zeros(bytes: number): Readable {
  const block = Buffer.alloc(MIB);
  return Readable.from(
    (function* () {
      for (let sent = 0; sent < bytes; sent += block.length) yield block;
    })(),
    { objectMode: false },
  );
}

function storedFiles(): string[] {
  return readdirSync(join(cloud.dataDir, 'images')).sort();
}

/** proc(5): writing 5 sets the peak back to what is held now. */
function resetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}
