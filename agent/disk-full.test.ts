import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OperationalError } from '../app/contract/errors.ts';
import { explainDiskFull, isDiskFull, requireFreeSpace } from './disk-full.ts';
import { makeTemporaryFolder } from './testing/temporary-folder.ts';

/** What writing to a device that is always full says. */
async function realError(): Promise<unknown> {
  const full = await open('/dev/full', 'w');
  try {
    return await full.write('x').catch((error: unknown) => error);
  } finally {
    await full.close();
  }
}

test("a full disk is known by the system's error and by what tools print", async () => {
  const told = explainDiskFull(await realError(), 'writing');
  expect(told).toMatchObject({
    code: 'disk_full',
    origin: 'agent',
    message: expect.stringContaining('writing failed'),
  });
  expect(isDiskFull(new Error('qemu-img: x: Could not resize image: No space left on device'))).toBe(true);
  expect(isDiskFull(told)).toBe(true);
});

test('other errors stay as they are', async () => {
  const other = new OperationalError('timeout', 'agent', 'No space left on device, one might think');
  expect(explainDiskFull(other, 'x')).toBe(other);
  const missing = await writeFile('/nonexistent/file', 'x').catch((error: unknown) => error);
  expect(explainDiskFull(missing, 'x')).toBe(missing);
});

test('room is asked for before it is needed', async () => {
  await using folder = await makeTemporaryFolder();
  await requireFreeSpace(folder.path, 0, 'nothing');
  await expect(requireFreeSpace(join(folder.path, '.'), 2 ** 55, 'much')).rejects.toMatchObject({
    code: 'disk_full',
    message: expect.stringMatching(/much needs 34359738368 MiB, \d+ MiB are free/),
    hint: expect.any(String),
  });
});
