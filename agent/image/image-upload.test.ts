import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { OperationalError, toWire, UserError } from '../../app/contract/errors.ts';
import { FakeController } from '../testing/fake-controller.ts';
import { makeTemporaryFolder } from '../testing/temporary-folder.ts';
import { type ImageTarget, isStored, uploadImage } from './image-upload.ts';

let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
let controller: FakeController;
let target: ImageTarget;
const never = new AbortController().signal;
const bytes = randomBytes(3_000_000);

beforeEach(async () => {
  folder = await makeTemporaryFolder();
  controller = new FakeController(folder.path);
  await controller.open();
  target = { locate: async () => ({ url: controller.url, secret: controller.secret }) };
});

afterEach(async () => {
  await controller.close();
  await folder[Symbol.asyncDispose]();
});

function upload(imageId: string, changes: Partial<Parameters<typeof uploadImage>[0]> = {}): Promise<void> {
  const read = () => Readable.from([bytes.subarray(0, 1_000_000), bytes.subarray(1_000_000)]);
  return uploadImage({
    imageId,
    size: bytes.length,
    read,
    target,
    signal: never,
    progress: () => undefined,
    ...changes,
  });
}

test('sends all, tells how far it is, and then it is stored', async () => {
  const id = randomUUID();
  expect(await isStored(target, id, never)).toBe(false);
  const done: number[] = [];
  await upload(id, { progress: (count) => done.push(count) });
  expect(await readFile(controller.images.get(id) ?? '')).toEqual(bytes);
  expect(done).toEqual([1_000_000, 3_000_000]);
  expect(await isStored(target, id, never)).toBe(true);
});

test('a broken connection and a controller that has no place are tried again, from the first byte', async () => {
  const id = randomUUID();
  const busy = toWire(new OperationalError('unavailable', 'controller', 'Too many.'));
  controller.uploadAnswers.push(
    'broken',
    { status: 503, body: JSON.stringify({ error: busy }) },
    { status: 502, body: '' },
  );
  await upload(id);
  expect(controller.uploads).toBe(4);
  expect(await readFile(controller.images.get(id) ?? '')).toEqual(bytes);
});

test('what is refused is told in the words of the controller, once', async () => {
  const full = toWire(new OperationalError('disk_full', 'controller', 'There is no room.', { hint: 'Make some.' }));
  const gone = toWire(new UserError('not_found', 'It waits for no bytes.'));
  controller.uploadAnswers.push(
    { status: 507, body: JSON.stringify({ error: full }) },
    { status: 404, body: JSON.stringify({ error: gone }) },
    { status: 413, body: '<html>' },
  );
  await expect(upload(randomUUID())).rejects.toMatchObject({
    code: 'disk_full',
    hint: 'Make some.',
    origin: 'controller',
  });
  await expect(upload(randomUUID())).rejects.toMatchObject({ code: 'not_found', message: 'It waits for no bytes.' });
  await expect(upload(randomUUID())).rejects.toMatchObject({
    code: 'image_unusable',
    message: expect.stringContaining('413'),
  });
  expect(controller.uploads).toBe(3);
});

test('an upload that is called off ends, also between two attempts', async () => {
  const abort = new AbortController();
  const reason = new Error('called off');
  const during = upload(randomUUID(), { signal: abort.signal, progress: () => abort.abort(reason) });
  await expect(during).rejects.toBe(reason);
  const away = { locate: async () => Promise.reject(new Error('no controller')) };
  const later = new AbortController();
  const waiting = upload(randomUUID(), { signal: later.signal, target: away });
  later.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  await expect(isStored(away, randomUUID(), never)).rejects.toMatchObject({ code: 'unavailable' });
});
