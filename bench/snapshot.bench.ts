// A snapshot of a running machine with 1 GiB on its disk, until the image can be started from: copied by QEMU as it is at
// one moment, sent, hashed at both ends and on the disk. Beside it qemu-img, which only copies, and then curl as well.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../tests/cloud.ts';
import { FaultCloud } from '../tests/faults/fault-cloud.ts';
import { report } from './figure.ts';
import { Samples } from './samples.ts';

const MIB = 1024 * 1024;
const SIZE_MIB = 1024;
const ROUNDS = 3;

const folder = await mkdtemp(join(tmpdir(), 'cumulet-bench-'));
const cloud = await FaultCloud.create();
try {
  const noise = join(folder, 'noise.raw');
  await writeNoise(noise);
  await cloud.startController();
  await cloud.startAgent();
  const image = await cloud.createImage({ name: 'noise', disk_format: 'raw' });
  await cloud.uploadImage(image, createReadStream(noise, { highWaterMark: MIB }));
  const id = await cloud.launch(image, { flavorRef: '1' });
  await cloud.serverIn(id, 'ACTIVE');
  const taken = { snapshot: [] as number[], convert: [] as number[], both: [] as number[] };
  const copy = join(folder, 'copy.qcow2');
  // In turns, so that what else the computer does meets all of them; the first is for warming up.
  for (let round = 0; round <= ROUNDS; round++) {
    const begun = performance.now();
    const snapshot = (await cloud.act(id, { createImage: { name: 'copy' } })).body.image_id;
    await isActive(snapshot);
    const whole = performance.now() - begun;
    await cloud.serverIn(id, 'ACTIVE');
    await remove(snapshot);
    const convert = await timeOf('qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2', noise, copy);
    const byHand = await cloud.createImage({ name: 'by hand', disk_format: 'qcow2' });
    const headers = ['-H', 'content-type: application/octet-stream', '-H', `x-auth-token: ${cloud.token}`];
    const upload = await timeOf('curl', '-sf', '-T', copy, ...headers, `${cloud.url}/image/v2/images/${byHand}/file`);
    await remove(byHand);
    await rm(copy);
    if (round === 0) continue;
    taken.snapshot.push(whole);
    taken.convert.push(convert);
    taken.both.push(convert + upload);
  }
  const seconds = (what: keyof typeof taken) => new Samples(taken[what]).median / 1000;
  const figure = { figure: 'snapshot of a running machine with 1 GiB', value: seconds('snapshot'), unit: 's' };
  report({ ...figure, peer: 'qemu-img convert', peerValue: seconds('convert') });
  report({ ...figure, peer: 'qemu-img convert, then curl', peerValue: seconds('both') });
} finally {
  await cloud.destroy();
  await rm(folder, { recursive: true });
}

async function isActive(imageId: string): Promise<void> {
  await until('the image to be there', 120, async () => {
    const { body } = await cloud.request('GET', `/image/v2/images/${imageId}`);
    return body.status === 'active' ? true : undefined;
  });
}

async function remove(imageId: string): Promise<void> {
  await cloud.request('DELETE', `/image/v2/images/${imageId}`);
}

async function timeOf(program: string, ...args: string[]): Promise<number> {
  const begun = performance.now();
  const [code] = await once(spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] }), 'exit');
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
  return performance.now() - begun;
}

async function writeNoise(path: string): Promise<void> {
  const handle = await open(path, 'w');
  for (let written = 0; written < SIZE_MIB; written++) await handle.write(randomBytes(MIB));
  await handle.close();
  execFileSync('sync', [path]);
}
