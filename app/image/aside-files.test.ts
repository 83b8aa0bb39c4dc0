import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { AsideFiles } from './aside-files.ts';

test('links are listed, wherever they lead, and no image is made of what they lead to', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cumulet-aside-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const files = new AsideFiles(folder);
  await mkdir(files.dir);
  const secret = join(folder, 'secret');
  await writeFile(secret, 'not an image');
  await symlink(secret, files.path('leads-out'));
  await symlink(join(folder, 'gone'), files.path('leads-nowhere'));
  expect((await files.list()).map(({ name }) => name).toSorted()).toEqual(['leads-nowhere', 'leads-out']);
  for (const name of ['leads-out', 'leads-nowhere']) {
    await expect(files.formatOf(name)).rejects.toMatchObject({ code: 'conflict' });
  }
});
