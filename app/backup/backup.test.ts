import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Header, pack } from 'tar-stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DataFolderLock } from '../data-folder-lock.ts';
import { ALL_MIGRATIONS } from '../database/testing/all-migrations.ts';
import { openDatabase } from '../database/testing/migrated-database.ts';
import { MANIFEST_ENTRY } from './backup-format.ts';
import { readBackup } from './backup-reader.ts';
import { PARTIAL } from './backup-staging.ts';
import { BackupThreads } from './backup-thread.ts';
import { BackupWriter } from './backup-writer.ts';
import { WHOLE } from './half-restored.ts';
import { type MadeBackup, type MakeOptions, makeBackup } from './make-backup.ts';
import { restoreBackup } from './restore-backup.ts';
import { HOST, SmallCloud } from './testing/small-cloud.ts';

/** Least cost: these tests are not about how long guessing takes. */
const ENCRYPTION = { passphrase: 'correct horse', workFactor: 1 };

const run = promisify(execFile);
const STEPS = JSON.stringify([{ name: 'start', state: 'running', startedAt: '1', finishedAt: null }]);

let cloud: SmallCloud;
let folder: string;
let file: string;

beforeEach(async () => {
  cloud = await SmallCloud.make();
  folder = await mkdtemp(join(tmpdir(), 'cumulet-backup-'));
  file = join(folder, 'cloud.tar');
});

afterEach(async () => {
  await cloud.database.close();
  await rm(cloud.dataDir, { recursive: true });
  await rm(folder, { recursive: true });
});

function make(options: Partial<MakeOptions> = {}): Promise<MadeBackup> {
  const { dataDir } = cloud;
  const signal = new AbortController().signal;
  return makeBackup({ dataDir, file, encryption: null, signal, onProgress: () => {}, ...options });
}

function verify(passphrase = ENCRYPTION.passphrase) {
  return readBackup(file, { migrations: ALL_MIGRATIONS, passphrase: async () => passphrase });
}

function restore(dataDir: string, passphrase = ENCRYPTION.passphrase) {
  const signal = new AbortController().signal;
  return restoreBackup({
    file,
    dataDir,
    migrations: ALL_MIGRATIONS,
    signal,
    onProgress: () => {},
    passphrase: async () => passphrase,
  });
}

/** It fails with these words, and leaves no file behind. */
async function expectRefused(words: RegExp): Promise<void> {
  const place = join(folder, 'refused');
  await expect(restore(place)).rejects.toThrow(words);
  expect(existsSync(place)).toBe(false);
}

async function filesBelow(root: string): Promise<Map<string, Buffer>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(files.map(async (path) => [relative(root, path), await readFile(path)] as const)));
}

test.each([
  ['as it is', null],
  ['encrypted', ENCRYPTION],
])(
  'a cloud is restored %s: settings, secrets, images, and disks of machines that are off',
  async (_how, encryption) => {
    const image = await cloud.addImage();
    await cloud.addImage(Buffer.alloc(0));
    const off = await cloud.addMachine();
    await cloud.addMachine({ baseImage: `${image}.0123456789abcdef.raw` });
    await cloud.addMachine({ powerState: 'RUNNING', pid: process.pid });
    await cloud.write('agent/machines/lost+found/disk', 'of nobody');
    const before = await filesBelow(cloud.dataDir);

    const { size } = await make({ encryption });
    expect(await stat(file)).toMatchObject({ size });
    expect(((await stat(file)).mode & 0o777).toString(8)).toBe('600');
    expect((await readFile(file)).includes('secret of the administrator')).toBe(encryption === null);
    expect(await readdir(join(cloud.dataDir, 'backups'))).toEqual(['last.json']);
    await verify();

    const place = join(folder, 'restored');
    const { machines } = await restore(place);
    expect(machines).toContain(off);
    expect(machines).toHaveLength(2);
    const after = await filesBelow(place);
    const isKept = (name: string) =>
      /^(secrets|images|agent\/host-id|config)/.test(name) ||
      machines.some((id) => name.startsWith(`agent/machines/${id}`)) ||
      // What the other one stands on is fetched from the images.
      (name.startsWith('agent/image-cache') && !name.includes(image) && name.includes(baseOf(off)));
    const baseOf = (id: string) => JSON.parse(String(before.get(`agent/machines/${id}/machine.json`))).baseImage;
    after.delete('cumulet.db');
    expect(after).toEqual(new Map([...before].filter(([name]) => isKept(name))));
  },
);

test('a restored cloud goes on from there: signed out, nothing in the middle, orders newer than any before', async () => {
  const off = await cloud.addMachine();
  const running = await cloud.addMachine({ powerState: 'RUNNING', pid: process.pid });
  const elsewhere = await cloud.addMachine({ host: 'another-host', powerState: 'RUNNING' });
  await cloud.token('ada');
  const now = new Date().toISOString();
  await cloud.database.transaction((trx) =>
    trx
      .insertInto('task')
      .values({
        ...{ id: 't', kind: 'server.start', subject_type: 'server', subject_id: off, subject_name: null },
        ...{ project_id: 'p', context: '{}', args: '{}', state: 'running', version: 1, steps: STEPS, memo: '{}' },
        ...{ parent_id: null, abort_requested: 0, error: null, created_at: now, updated_at: now, finished_at: null },
      })
      .execute(),
  );
  const { manifest } = await make();
  expect(manifest.notIncluded.map(({ id, reason }) => [id, reason]).sort()).toEqual(
    [
      [running, 'running'],
      [elsewhere, 'other-host'],
    ].sort(),
  );

  const generations: number[] = [];
  for (const name of ['one', 'two']) {
    const place = join(folder, name);
    await restore(place);
    const database = await openDatabase(place);
    try {
      const servers = await database.query.selectFrom('compute_server').selectAll().execute();
      const byId = new Map(servers.map((server) => [server.id, server]));
      expect(byId.get(off)).toMatchObject({ vm_state: 'stopped', power_state: 'SHUTDOWN', fault: null });
      for (const [id, words] of [
        [running, /machine was running/],
        [elsewhere, /on another computer/],
      ] as const) {
        expect(byId.get(id)).toMatchObject({ vm_state: 'error', power_state: 'NOSTATE' });
        expect(JSON.parse(byId.get(id)?.fault ?? '').message).toMatch(words);
      }
      generations.push(byId.get(off)?.generation ?? 0);
      expect(await database.query.selectFrom('console_token').selectAll().execute()).toEqual([]);
      const tasks = await database.query.selectFrom('task').selectAll().execute();
      expect(tasks).toMatchObject([{ state: 'failed', steps: expect.stringContaining('"failed"') }]);
      const audit = await database.query.selectFrom('audit_record').select('path').execute();
      expect(audit).toEqual([{ path: 'cumulet restore' }]);
    } finally {
      await database.close();
    }
    expect(await readFile(join(place, 'agent', 'host-id'), 'utf8')).toBe(`${HOST}\n`);
  }
  // Also than those that the cloud of the first restore gave meanwhile.
  expect(generations[0]).toBeGreaterThan(1_000_000_000_000);
  expect(generations[1]).toBeGreaterThan(generations[0] ?? 0);
});

test('the database is of one moment, whatever is written meanwhile', async () => {
  let count = 0;
  let isOver = false;
  const writing = (async () => {
    while (!isOver) {
      // Two rows at a time: a copy of one moment never has an odd one.
      await cloud.database.transaction(async (trx) => {
        for (const resource of [`a${count}`, `b${count}`]) {
          await trx.insertInto('quota_limit').values({ project_id: 'p', resource, hard_limit: 1 }).execute();
        }
      });
      count += 1;
      await setImmediate();
    }
  })();
  while (count < 20) await setImmediate();
  await make();
  isOver = true;
  await writing;
  await restore(join(folder, 'restored'));
  const database = await openDatabase(join(folder, 'restored'));
  try {
    const rows = await database.query.selectFrom('quota_limit').select('resource').execute();
    expect(rows.length).toBeGreaterThanOrEqual(40);
    expect(rows.length % 2).toBe(0);
  } finally {
    await database.close();
  }
});

test('a backup that was broken off goes on at the part it was in, with the database of its beginning', async () => {
  for (let index = 0; index < 5; index++) await cloud.addImage(Buffer.alloc(3_000_000, index));
  for (const encryption of [null, ENCRYPTION]) {
    const stop = new AbortController();
    const onProgress = (done: number) => {
      if (done > 8_000_000) stop.abort(new Error('broken off'));
    };
    await expect(make({ encryption, signal: stop.signal, onProgress })).rejects.toThrow('broken off');
    expect(existsSync(file)).toBe(false);
    // Of the next one: this one's database was copied before.
    await cloud.addMachine({ host: 'another-host' });
    if (encryption !== null) {
      await expect(make({ encryption: { passphrase: 'another', workFactor: 1 } })).rejects.toThrow(/passphrase/);
      await expect(make()).rejects.toThrow('was begun with a passphrase');
    }
    // What is whole by then may change: it is not read again.
    const [first = ''] = (await readdir(join(cloud.dataDir, 'images'))).sort();
    const path = join(cloud.dataDir, 'images', first);
    const bytes = await readFile(path);
    await writeFile(path, 'changed');

    const { manifest, resumedAt } = await make({ encryption });
    expect(resumedAt).toBeGreaterThan(3_000_000);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(manifest.parts).toContainEqual({ name: `images/${first}`, size: 3_000_000, sha256 });
    await verify();
    const place = join(folder, `restored ${encryption === null}`);
    await restore(place);
    const database = await openDatabase(place);
    expect(await database.query.selectFrom('image_image').selectAll().execute()).toHaveLength(5);
    expect(await database.query.selectFrom('compute_server').selectAll().execute()).toHaveLength(encryption ? 1 : 0);
    await database.close();
    await rm(file);
    await writeFile(path, bytes);
  }
});

test('a machine that is started while it is copied is not in the backup, and what stands around it is', async () => {
  const first = await cloud.addMachine({ disk: Buffer.alloc(5_000_000, 1) });
  const second = await cloud.addMachine({ disk: Buffer.alloc(5_000_000, 2) });
  const [started, other] = [first, second].sort() as [string, string];
  let isStarted = false;
  let bytes = 0;
  const database = await stat(join(cloud.dataDir, 'cumulet.db'));
  const starting: Promise<void>[] = [];
  const { manifest } = await make({
    onProgress: (done) => {
      bytes = done;
      if (isStarted || bytes < database.size + 1_500_000) return;
      isStarted = true;
      const state = { powerState: 'RUNNING', process: { pid: process.pid, startedAt: '1' }, isLaunching: false };
      starting.push(cloud.write(`agent/machines/${started}/state.json`, JSON.stringify(state)));
    },
  });
  await Promise.all(starting);
  expect(manifest.notIncluded).toMatchObject([{ id: started, reason: 'started-meanwhile' }]);
  expect(manifest.machines).toEqual([other]);
  expect(manifest.parts.some(({ name }) => name.includes(started))).toBe(false);
  await verify();
});

test('a file that is cut off, changed or longer is refused, and nothing of it stays', async () => {
  await cloud.addImage();
  await cloud.addMachine();
  for (const encryption of [null, ENCRYPTION]) {
    await make({ encryption });
    const whole = await readFile(file);
    for (const length of [
      0,
      1,
      511,
      512,
      700,
      20_000,
      whole.length - 1_200_000,
      whole.length - 1024,
      whole.length - 1,
    ]) {
      await truncate(file, length < 0 ? 5_000 : length);
      await expectRefused(/is damaged/);
      await writeFile(file, whole);
    }
    await writeFile(file, Buffer.concat([whole, Buffer.alloc(512)]));
    await expectRefused(/is damaged/);
    // In headers, in the bytes of parts, in the list of contents.
    const places = [0, 100, 600, 30_000, whole.length >> 1, whole.indexOf('manifest.json'), whole.length - 2_000];
    for (const at of [...places, whole.length - 1024 - 512]) {
      const changed = Buffer.from(whole);
      changed.writeUInt8(changed.readUInt8(at) ^ 0x10, at);
      await writeFile(file, changed);
      await expectRefused(/is damaged|passphrase/);
    }
    await writeFile(file, whole);
    await verify();
    await rm(file);
  }
});

test('with another passphrase, or none, nothing is told', async () => {
  await make({ encryption: ENCRYPTION });
  await expect(verify('correct hors')).rejects.toThrow('The passphrase is not the one of this backup');
  const place = join(folder, 'refused');
  await expect(restore(place, '')).rejects.toThrow('The passphrase is not the one of this backup');
  expect(existsSync(place)).toBe(false);
});

test('a folder that is not empty, and a backup of a newer version, are refused', async () => {
  const { manifest } = await make();
  await mkdir(join(folder, 'used'));
  await writeFile(join(folder, 'used', 'mine'), 'precious');
  await expect(restore(join(folder, 'used'))).rejects.toThrow('is not empty');
  expect(await readdir(join(folder, 'used'))).toEqual(['mine']);
  await expect(make()).rejects.toThrow('is there already');

  for (const change of [{ format: 2 }, { migrations: [...manifest.migrations, '9999-of-tomorrow'] }]) {
    await rm(file);
    const writer = await BackupWriter.open(file, { lock: null, time: new Date(), end: 0 });
    await writer.finish({ ...manifest, ...change, version: '9.0.0', parts: [] });
    await writer.close();
    await expectRefused(/was made by a newer version of Cumulet \(9\.0\.0\)/);
  }
});

test('a restore that was broken off is no cloud until it is done again', async () => {
  await make();
  const place = join(folder, 'half');
  const program = `
    import { restoreBackup } from ${JSON.stringify(new URL('restore-backup.ts', import.meta.url).href)};
    const options = { file: ${JSON.stringify(file)}, dataDir: ${JSON.stringify(place)}, passphrase: async () => '' };
    const onProgress = () => process.kill(process.pid, 'SIGKILL');
    await restoreBackup({ ...options, migrations: {}, signal: new AbortController().signal, onProgress });`;
  await expect(run(process.execPath, ['--input-type=module', '-e', program])).rejects.toMatchObject({
    signal: 'SIGKILL',
  });
  expect(() => DataFolderLock.acquire(place)).toThrow('was broken off');
  // What the start that was refused wrote about it.
  await mkdir(join(place, 'logs'));
  await restore(place);
  DataFolderLock.acquire(place).release();
  expect([...(await filesBelow(place)).keys()]).toEqual(expect.arrayContaining(['cumulet.db', 'secrets/agent']));
});

test('a restore that was broken off while it was put in place is finished by whoever comes next', async () => {
  await make();
  const whole = join(folder, 'whole');
  await restore(whole);
  const expected = await filesBelow(whole);
  for (const next of ['start', 'restore']) {
    const place = join(folder, next);
    // As a kill between two renames leaves it.
    await mkdir(join(place, WHOLE), { recursive: true });
    await cp(whole, join(place, WHOLE), { recursive: true });
    await rename(join(place, WHOLE, 'secrets'), join(place, 'secrets'));
    if (next === 'start') DataFolderLock.acquire(place).release();
    else await expect(restore(place)).rejects.toThrow('had only to be finished, and is now');
    await rm(join(place, 'controller.lock'), { force: true });
    expect(await filesBelow(place)).toEqual(expected);
  }
});

test('of a cloud that is there nothing is replaced by what somebody keeps beside it', async () => {
  const place = join(folder, 'cloud');
  await mkdir(join(place, WHOLE), { recursive: true });
  for (const name of ['cumulet.db', join(WHOLE, 'cumulet.db'), join(WHOLE, 'config.toml')]) {
    await writeFile(join(place, name), name);
  }
  const before = await filesBelow(place);
  DataFolderLock.acquire(place).release();
  await rm(join(place, 'controller.lock'));
  expect(await filesBelow(place)).toEqual(before);
});

const TRICKS: [string, Partial<Header> & { pax?: Record<string, string> }][] = [
  ['a way out of the folder', { name: '../outside' }],
  ['a way out below a folder of ours', { name: 'secrets/../../outside' }],
  ['an absolute name', { name: '/tmp/outside' }],
  ['a name of Windows', { name: 'secrets\\..\\..\\outside' }],
  ['a hidden way out', { name: 'secrets/agent', pax: { path: '../outside' } }],
  ['a link', { name: 'secrets/agent', type: 'symlink', linkname: '/etc' }],
  ['a hard link', { name: 'secrets/agent', type: 'link', linkname: '../outside' }],
  ['a folder', { name: 'secrets', type: 'directory' }],
  ['a device', { name: 'secrets/agent', type: 'character-device' }],
  ['a name of nothing', { name: 'agent/machines/x' }],
  ['the start of the cloud', { name: 'controller.json' }],
  ['a name without end', { name: `secrets/${'a'.repeat(200)}` }],
];

test.each(TRICKS)('%s in the tar is refused, and nothing is written', async (_what, header) => {
  const tar = pack();
  const { name = '' } = header;
  if (header.type === undefined) tar.entry({ name, ...header }, 'bytes');
  else tar.entry({ name, ...header });
  tar.finalize();
  await pipeline(tar, createWriteStream(file));
  await expectRefused(/is damaged/);
  expect(existsSync(join(folder, 'outside'))).toBe(false);
});

test('an entry that says it is larger than the file, one that comes twice, and no manifest are refused', async () => {
  const tar = pack();
  tar.entry({ name: 'secrets/agent', size: 2 ** 40 }).write('few');
  const header = await new Promise<Buffer>((resolve) => tar.once('data', (block) => resolve(block as Buffer)));
  tar.on('error', () => {}).destroy();
  await writeFile(file, Buffer.concat([header, Buffer.alloc(4096)]));
  await expectRefused(/is to have 1099511627776 bytes/);

  const twice = pack();
  twice.entry({ name: 'secrets/agent' }, 'one');
  twice.entry({ name: 'secrets/agent' }, 'two');
  twice.finalize();
  await pipeline(twice, createWriteStream(file));
  await expectRefused(/"secrets\/agent" is in it twice/);

  const without = pack();
  without.entry({ name: 'secrets/agent' }, 'one');
  without.finalize();
  await pipeline(without, createWriteStream(file));
  await expectRefused(/is cut off, or no backup/);

  const huge = pack();
  huge.entry({ name: MANIFEST_ENTRY }, Buffer.alloc(65 * 1024 * 1024));
  huge.finalize();
  await pipeline(huge, createWriteStream(file));
  await expectRefused(/has 67108864 bytes at most/);
});

test('two at a time do not write one file', async () => {
  await cloud.addImage(Buffer.alloc(3_000_000));
  let second: Promise<unknown> | undefined;
  await make({
    onProgress: () => {
      second ??= make().catch((error: Error) => error.message);
    },
  });
  expect(await second).toBe(`${file} is being made already.`);
  expect(existsSync(file + PARTIAL)).toBe(false);
  await verify();
});

test('whoever ends the threads has the folder to himself at once, and the next goes on from there', async () => {
  for (let index = 0; index < 5; index++) await cloud.addImage(Buffer.alloc(3_000_000, index));
  const threads = new BackupThreads();
  let ended: Promise<void> | undefined;
  const making = threads.make(
    { op: 'make', dataDir: cloud.dataDir, file, lock: null },
    {
      signal: new AbortController().signal,
      onProgress: () => {
        ended ??= threads.close();
      },
    },
  );
  await expect(making).rejects.toThrow('The thread that makes backups ended');
  await ended;
  const { manifest } = await make();
  expect(manifest.parts.filter(({ name }) => name.startsWith('images/'))).toHaveLength(5);
  await verify();
});
