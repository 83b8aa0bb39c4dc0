// What the controller's memory is after much work, once it rests: requests of all kinds, uploads, uploads that stall.
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { FaultCloud } from '../tests/faults/fault-cloud.ts';
import { memoryOf } from '../tests/faults/process-table.ts';
import { report } from './figure.ts';
import { underLoad } from './load.ts';

const REQUESTS = 50_000;
const PER_PART = 10_000;
const UPLOADS = 1000;
const UPLOAD_BYTES = 6 * 1024 * 1024;
const AT_ONCE = 4;
const STALLED = 200;
/** Threads that hashed end after 15 s without work, and only then the blocks that they had can be let go of. */
const REST_MS = 30_000;

const cloud = await FaultCloud.create();
try {
  await cloud.startController();
  const pid = cloud.controller?.pid ?? 0;
  const paths = ['/v1/status', '/compute/v2.1/servers/detail', '/image/v2/images', '/identity/v3/users', '/v1/audit'];
  const headers = { 'x-auth-token': cloud.token };
  const mixed = (times: number) =>
    underLoad(times, cloud.url, headers, async (client, round) => {
      if (round % 10 !== 0) return await client.send('GET', paths[round % paths.length] ?? '');
      const keypair = { name: `key-${randomUUID()}` };
      const { name } = JSON.parse(String(await client.send('POST', '/compute/v2.1/os-keypairs', { keypair }))).keypair;
      return await client.send('DELETE', `/compute/v2.1/os-keypairs/${name}`);
    });
  // What is loaded and compiled with the first of its kind is no growth.
  await mixed(1000);
  await upload();
  await delay(REST_MS);
  const base = memoryOf(pid).now;
  report({ figure: 'memory at rest', value: base, unit: 'MiB' });
  for (let done = PER_PART; done <= REQUESTS; done += PER_PART) {
    await mixed(PER_PART);
    await told(`after ${done} mixed requests`);
  }
  let left = UPLOADS;
  const one = async () => {
    while (left-- > 0) await upload();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  await told(`after ${UPLOADS} uploads of 6 MiB`);
  const stalled = await Promise.all(Array.from({ length: STALLED }, stall));
  await delay(1000);
  report({
    figure: `while ${STALLED} uploads stall`,
    value: memoryOf(pid).now - base,
    unit: 'MiB more',
    aim: 'at most 50',
  });
  for (const socket of stalled) socket.destroy();
  await told('after them');

  async function told(figure: string): Promise<void> {
    await delay(REST_MS);
    report({ figure, value: memoryOf(pid).now - base, unit: 'MiB more', aim: 'at most 50' });
  }
} finally {
  await cloud.destroy();
}

async function upload(): Promise<void> {
  const id = await cloud.createImage({ name: 'bench', disk_format: 'raw' });
  const half = Buffer.alloc(UPLOAD_BYTES / 2);
  const { status, body } = await cloud.uploadImage(id, Readable.from([half, half]));
  if (status !== 204) throw new Error(`${status} ${JSON.stringify(body)}`);
  await cloud.request('DELETE', `/image/v2/images/${id}`);
}

/** Sends the head and half a block of an upload, and then nothing. */
async function stall(): Promise<ReturnType<typeof connect>> {
  const id = await cloud.createImage({ name: 'stalled', disk_format: 'raw' });
  const { hostname, port, host } = new URL(cloud.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined).resume();
  const head = [`PUT /image/v2/images/${id}/file HTTP/1.1`, `host: ${host}`, `x-auth-token: ${cloud.token}`];
  const body = ['content-type: application/octet-stream', `content-length: ${UPLOAD_BYTES}`];
  socket.write(`${[...head, ...body].join('\r\n')}\r\n\r\n`);
  socket.write(Buffer.alloc(512 * 1024));
  return socket;
}
