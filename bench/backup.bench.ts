// Backing a cloud up, and reading the backup back: a GiB of images beside `cp` of the same files.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { readBackup } from '../app/backup/backup-reader.ts';
import { makeBackup } from '../app/backup/make-backup.ts';
import { SmallCloud } from '../app/backup/testing/small-cloud.ts';
import { ALL_MIGRATIONS } from '../app/database/testing/all-migrations.ts';
import { report } from './figure.ts';
import { Samples } from './samples.ts';

const MIB = 1024 * 1024;
const IMAGES = 4;
const IMAGE_MIB = 256;
const ROUNDS = 3;
/** Least cost: what guessing costs is not what is measured. */
const ENCRYPTION = { passphrase: 'bench', workFactor: 1 };

const folder = await mkdtemp(join(tmpdir(), 'cumulet-bench-'));
const cloud = await SmallCloud.make();
try {
  const images: string[] = [];
  for (let count = 0; count < IMAGES; count++) {
    const id = await cloud.addImage(randomBytes(MIB));
    const path = join(cloud.dataDir, 'images', id);
    await writeNoise(path);
    images.push(path);
  }
  const file = join(folder, 'cloud.tar');
  const make = (encryption: typeof ENCRYPTION | null) =>
    makeBackup({
      ...{ dataDir: cloud.dataDir, file, encryption, signal: new AbortController().signal },
      onProgress: () => undefined,
    });
  const rate = (samples: Samples) => (IMAGES * IMAGE_MIB) / (samples.median / 1000);
  const copy = await Samples.take(
    ROUNDS,
    async () => {
      const target = join(folder, 'copy');
      execFileSync('mkdir', [target]);
      execFileSync('cp', [...images, target]);
      // As a backup does, before it says that it is there.
      execFileSync(
        'sync',
        images.map((path) => join(target, basename(path))),
      );
      await rm(target, { recursive: true });
    },
    1,
  );
  for (const [how, encryption] of [
    ['', null],
    [', encrypted', ENCRYPTION],
  ] as const) {
    const made = await Samples.take(
      ROUNDS,
      async () => {
        await rm(file, { force: true });
        await make(encryption);
      },
      1,
    );
    report({ figure: `backup of 1 GiB${how}`, value: rate(made), unit: 'MiB/s', peer: 'cp', peerValue: rate(copy) });
    const read = await Samples.take(
      ROUNDS,
      () => readBackup(file, { migrations: ALL_MIGRATIONS, passphrase: async () => ENCRYPTION.passphrase }),
      1,
    );
    report({ figure: `checking it${how}`, value: rate(read), unit: 'MiB/s' });
  }
} finally {
  await cloud.database.close();
  await rm(cloud.dataDir, { recursive: true });
  await rm(folder, { recursive: true });
}

async function writeNoise(path: string): Promise<void> {
  const handle = await open(path, 'w');
  for (let written = 0; written < IMAGE_MIB; written++) await handle.write(randomBytes(MIB));
  await handle.close();
}
