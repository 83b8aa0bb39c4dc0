// An image of 1 GiB in and out, by curl: coming in it is written once and hashed twice (MD5 for Glance's clients, SHA-512
// for everybody), all of it on the disk before it is answered. Beside it the programs that do the same to a file.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FaultCloud } from '../tests/faults/fault-cloud.ts';
import { memoryOf } from '../tests/faults/process-table.ts';
import { report } from './figure.ts';
import { processorTimeOf } from './processor-time.ts';
import { Samples } from './samples.ts';

const MIB = 1024 * 1024;
const SIZE = 1024 * MIB;
const ROUNDS = 3;

const folder = await mkdtemp(join(tmpdir(), 'cumulet-bench-'));
const cloud = await FaultCloud.create();
try {
  const file = join(folder, 'image.raw');
  await writeNoise(file);
  await cloud.startController();
  const pid = cloud.controller?.pid ?? 0;
  const before = memoryOf(pid).now;
  const taken = { upload: [] as number[], download: [] as number[], copy: [] as number[], hash: [] as number[] };
  const spent = { upload: 0, download: 0 };
  // In turns, so that what else the computer does meets all of them.
  for (let round = 0; round <= ROUNDS; round++) {
    const id = await cloud.createImage({ name: 'bench', disk_format: 'raw' });
    const url = `${cloud.url}/image/v2/images/${id}/file`;
    const type = 'content-type: application/octet-stream';
    const token = `x-auth-token: ${cloud.token}`;
    const start = processorTimeOf(pid);
    const upload = await timeOf('curl', '-sf', '-T', file, '-H', type, '-H', token, url);
    const between = processorTimeOf(pid);
    const download = await timeOf('curl', '-sf', '-o', '/dev/null', '-H', token, url);
    const end = processorTimeOf(pid);
    const copy = await timeOf('sh', '-c', `cp ${file} ${folder}/copy.raw && sync ${folder}/copy.raw`);
    const hash = await timeOf('sh', '-c', `sha512sum ${folder}/copy.raw > /dev/null`);
    await rm(join(folder, 'copy.raw'));
    await cloud.request('DELETE', `/image/v2/images/${id}`);
    // The first is for warming up.
    if (round === 0) continue;
    taken.upload.push(upload);
    taken.download.push(download);
    taken.copy.push(copy);
    taken.hash.push(hash);
    spent.upload += (between - start) / ROUNDS / 1000;
    spent.download += (end - between) / ROUNDS / 1000;
  }
  const rate = (what: keyof typeof taken) => SIZE / MIB / (new Samples(taken[what]).median / 1000);
  const unit = 'MiB/s';
  report({ figure: 'upload of 1 GiB', value: rate('upload'), unit, peer: 'cp and sync', peerValue: rate('copy') });
  report({ figure: 'the same', value: rate('upload'), unit, peer: 'sha512sum', peerValue: rate('hash') });
  report({ figure: 'download of 1 GiB', value: rate('download'), unit, peer: 'cp and sync', peerValue: rate('copy') });
  report({ figure: 'processor time of an upload', value: spent.upload, unit: 's' });
  report({ figure: 'processor time of a download', value: spent.download, unit: 's' });
  report({ figure: 'memory it takes', value: memoryOf(pid).peak - before, unit: 'MiB', aim: 'flat' });
} finally {
  await cloud.destroy();
  await rm(folder, { recursive: true });
}

async function timeOf(program: string, ...args: string[]): Promise<number> {
  const begun = performance.now();
  const [code] = await once(spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] }), 'exit');
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
  return performance.now() - begun;
}

async function writeNoise(path: string): Promise<void> {
  const handle = await open(path, 'w');
  for (let written = 0; written < SIZE; written += MIB) await handle.write(randomBytes(MIB));
  await handle.close();
  execFileSync('sync', [path]);
}
