// Uploading an image: it is written once and hashed twice (MD5 for Glance's clients, SHA-512 for ourselves).
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FaultCloud } from '../tests/faults/fault-cloud.ts';
import { memoryOf } from '../tests/faults/process-table.ts';
import { report } from './figure.ts';
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
  const before = memoryOf(cloud.controller?.pid ?? 0).now;
  const upload = await Samples.take(
    ROUNDS,
    async () => {
      const id = await cloud.createImage({ name: 'bench', disk_format: 'raw' });
      const { status, body } = await cloud.uploadImage(id, createReadStream(file, { highWaterMark: 256 * 1024 }));
      if (status !== 204) throw new Error(`${status} ${JSON.stringify(body)}`);
      await cloud.request('DELETE', `/image/v2/images/${id}`);
    },
    1,
  );
  const grown = memoryOf(cloud.controller?.pid ?? 0).peak - before;
  const copy = await Samples.take(
    ROUNDS,
    async () => {
      execFileSync('cp', [file, join(folder, 'copy.raw')]);
      execFileSync('sync', [join(folder, 'copy.raw')]);
      execFileSync('sha512sum', [join(folder, 'copy.raw')]);
      await rm(join(folder, 'copy.raw'));
    },
    1,
  );
  const rate = (samples: Samples) => SIZE / MIB / (samples.median / 1000);
  report({
    figure: 'upload of 1 GiB',
    value: rate(upload),
    unit: 'MiB/s',
    peer: 'cp + sha512sum',
    peerValue: rate(copy),
  });
  report({ figure: 'memory it takes', value: grown, unit: 'MiB', aim: 'flat' });
} finally {
  await cloud.destroy();
  await rm(folder, { recursive: true });
}

async function writeNoise(path: string): Promise<void> {
  const handle = await open(path, 'w');
  for (let written = 0; written < SIZE; written += MIB) await handle.write(randomBytes(MIB));
  await handle.close();
}
