import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MachineImage } from '../../app/contract/machine.ts';
import { FakeController } from '../testing/fake-controller.ts';
import { buildQcow2Head } from '../testing/qcow2-head.ts';
import { makeTemporaryFolder } from '../testing/temporary-folder.ts';
import { ImageCache } from './image-cache.ts';

let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
let controller: FakeController;
let cache: ImageCache;
const never = new AbortController().signal;
const silent = () => undefined;

beforeEach(async () => {
  folder = await makeTemporaryFolder();
  controller = new FakeController(folder.path);
  await controller.open();
  const locate = async () => ({ url: controller.url, secret: controller.secret });
  cache = new ImageCache(join(folder.path, 'cache'), { locate });
});

afterEach(async () => {
  await controller.close();
  await folder[Symbol.asyncDispose]();
});

async function store(bytes: Buffer, diskFormat: MachineImage['diskFormat'] = 'raw'): Promise<MachineImage> {
  const id = randomUUID();
  const path = join(folder.path, id);
  await writeFile(path, bytes);
  controller.images.set(id, path);
  const sha512 = createHash('sha512').update(bytes).digest('hex');
  return { id, diskFormat, size: bytes.length, sha512, virtualSize: bytes.length };
}

/** Without the notes of when each was checked. */
async function cached(): Promise<string[]> {
  return (await readdir(cache.folder)).filter((name) => !name.endsWith('.checked'));
}

describe('ImageCache', () => {
  test('downloads once, tells how far it is, and keeps the file read-only', async () => {
    const bytes = randomBytes(3_000_000);
    const image = await store(bytes);
    const done: number[] = [];
    const path = await cache.ensure(image, (progress) => done.push(progress.done), never);
    expect(await readFile(path)).toEqual(bytes);
    expect((await stat(path)).mode & 0o777).toBe(0o444);
    expect(done.at(0)).toBe(0);
    expect(done.at(-1)).toBe(bytes.length);
    expect(await cache.ensure(image, silent, never)).toBe(path);
    expect(controller.imageRanges).toEqual([null]);
  });

  test('a file that was damaged or cut is fetched again; one that was only touched is hashed and kept', async () => {
    const bytes = randomBytes(300_000);
    const image = await store(bytes);
    const path = await cache.ensure(image, silent, never);
    const damaged = Buffer.from(bytes);
    damaged[200_000] = (damaged[200_000] ?? 0) ^ 1;
    for (const [index, wrong] of [damaged, bytes.subarray(0, 100), Buffer.alloc(0)].entries()) {
      await chmod(path, 0o644);
      await writeFile(path, wrong);
      expect(await cache.ensure(image, silent, never)).toBe(path);
      expect(await readFile(path)).toEqual(bytes);
      expect(controller.imageRanges).toHaveLength(index + 2);
    }
    await utimes(path, new Date(), new Date());
    await cache.ensure(image, silent, never);
    expect(controller.imageRanges).toHaveLength(4);
    // Without the controller: nothing but the file is looked at.
    await controller.close();
    expect(await cache.ensure(image, silent, never)).toBe(path);
  });

  test('callers at the same time share one download; one that gives up does not end it', async () => {
    const image = await store(randomBytes(2_000_000));
    const abort = new AbortController();
    const first = cache.ensure(image, () => abort.abort(), abort.signal);
    const second = cache.ensure(image, silent, never);
    await expect(first).rejects.toThrow();
    expect((await stat(await second)).size).toBe(2_000_000);
    expect(controller.imageRanges).toHaveLength(1);
  });

  test('goes on where a broken connection stopped', async () => {
    const bytes = randomBytes(1_000_000);
    const image = await store(bytes);
    controller.breakImageAfter = 400_000;
    const path = await cache.ensure(image, silent, never);
    expect(await readFile(path)).toEqual(bytes);
    expect(controller.imageRanges).toEqual([null, expect.stringMatching(/^bytes=[1-9]\d*-$/)]);
  });

  test('goes on where an agent that died stopped', async () => {
    const bytes = randomBytes(500_000);
    const image = await store(bytes);
    await cache.remove({ image: image.id }, new Set());
    await writeFile(join(cache.folder, `${ImageCache.fileName(image)}.partial`), bytes.subarray(0, 123_456));
    await cache.ensure(image, silent, never);
    expect(controller.imageRanges).toEqual(['bytes=123456-']);
  });

  test('what came of an image is forgotten after a day in which nobody went on with it', async () => {
    const [old, fresh, other] = await Promise.all([0, 1, 2].map(() => store(randomBytes(300_000))));
    if (!old || !fresh || !other) throw new Error('not stored');
    await mkdir(cache.folder);
    const partial = (image: MachineImage) => join(cache.folder, `${ImageCache.fileName(image)}.partial`);
    for (const image of [old, fresh]) await writeFile(partial(image), Buffer.alloc(1000));
    const hoursAgo = (hours: number) => new Date(Date.now() - hours * 60 * 60_000);
    await utimes(partial(old), hoursAgo(25), hoursAgo(25));
    await utimes(partial(fresh), hoursAgo(23), hoursAgo(23));
    await cache.ensure(other, silent, never);
    expect((await cached()).filter((name) => name.endsWith('.partial'))).toEqual([basename(partial(fresh))]);
  });

  test('begins again when what an agent that died left is damaged', async () => {
    const bytes = randomBytes(500_000);
    const image = await store(bytes);
    await cache.remove({ image: image.id }, new Set());
    await writeFile(join(cache.folder, `${ImageCache.fileName(image)}.partial`), randomBytes(100));
    const path = await cache.ensure(image, silent, never);
    expect(await readFile(path)).toEqual(bytes);
    expect(controller.imageRanges).toEqual(['bytes=100-', null]);
  });

  test('refuses bytes whose hash differs, and keeps none of them', async () => {
    const image = { ...(await store(randomBytes(10_000))), sha512: 'a'.repeat(128) };
    await expect(cache.ensure(image, silent, never)).rejects.toMatchObject({ code: 'image_unusable' });
    expect(await cached()).toEqual([]);
  });

  test('refuses an image whose content is not what it is declared to be', async () => {
    const head = buildQcow2Head({ backingFile: '/etc/shadow', virtualSize: 4096n });
    const image = await store(head, 'qcow2');
    await expect(cache.ensure(image, silent, never)).rejects.toMatchObject({
      code: 'image_unusable',
      message: expect.stringContaining('backing file'),
    });
    const other = await store(buildQcow2Head({ virtualSize: 1n << 40n }), 'qcow2');
    await expect(cache.ensure(other, silent, never)).rejects.toMatchObject({ code: 'image_unusable' });
    expect(await cached()).toEqual([]);
  });

  test('an image the controller does not have is not asked for again and again', async () => {
    const image = { ...(await store(randomBytes(10))), id: randomUUID() };
    await expect(cache.ensure(image, silent, never)).rejects.toMatchObject({
      code: 'image_unusable',
      hint: expect.any(String),
    });
  });

  test.each(['../../etc/passwd', 'a/b', ''])('an id like %j never becomes a path', async (id) => {
    const image = { ...(await store(randomBytes(10))), id };
    await expect(cache.ensure(image, silent, never)).rejects.toMatchObject({ code: 'bad_request' });
  });

  test('says that the disk is too small before it loads anything', async () => {
    const image = { ...(await store(randomBytes(10))), size: 2 ** 50 };
    await expect(cache.ensure(image, silent, never)).rejects.toMatchObject({
      code: 'disk_full',
      hint: expect.stringContaining('Free some space'),
    });
    expect(controller.imageRanges).toEqual([]);
  });

  test('removes the copies of an image, or one file, and nothing else; what is in use stays', async () => {
    const [kept, used, old] = [
      await store(Buffer.from('a')),
      await store(Buffer.from('b')),
      await store(Buffer.from('c')),
    ];
    for (const image of [kept, used, old]) await cache.ensure(image, silent, never);
    await writeFile(join(cache.folder, 'somebody.txt'), 'notes');
    const inUse = new Set([ImageCache.fileName(used)]);
    const unused = await cache.unused(inUse);
    expect(unused.map(({ name }) => name).sort()).toEqual(
      [ImageCache.fileName(kept), ImageCache.fileName(old), 'somebody.txt'].sort(),
    );
    expect(await cache.remove({ image: old.id }, inUse)).toBe(true);
    expect(await cache.remove({ image: used.id }, inUse)).toBe(false);
    expect(await cache.remove({ image: randomUUID() }, inUse)).toBe(true);
    expect((await cached()).sort()).toEqual(
      [ImageCache.fileName(kept), ImageCache.fileName(used), 'somebody.txt'].sort(),
    );
    expect(await cache.remove({ file: 'somebody.txt' }, inUse)).toBe(true);
    expect((await cached()).sort()).toEqual([ImageCache.fileName(kept), ImageCache.fileName(used)].sort());
  });
});
