import { chmod, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeTemporaryFolder } from '../../testing/temporary-folder.ts';
import { machineFiles } from './machine-files.ts';
import { openRuntimeFolder, runtimeFolderPath } from './runtime-folder.ts';

describe('runtimeFolderPath', () => {
  test('lies in the data folder where that is short', () => {
    expect(runtimeFolderPath('/home/me/.local/share/cumulet/agent', 1000)).toBe(
      '/home/me/.local/share/cumulet/agent/run',
    );
  });

  test.each([10, 58, 59, 60, 61, 100, 300])('sockets fit for a data folder of %i characters', (length) => {
    const dataFolder = `/${'d'.repeat(length - 1)}`;
    const folder = runtimeFolderPath(dataFolder, 1000);
    const files = machineFiles('/m', folder, '00000000-0000-4000-8000-000000000000');
    const sockets = Object.entries(files).filter(([name]) => name.endsWith('Socket'));
    expect(sockets.length).toBeGreaterThan(5);
    for (const [, socket] of sockets) {
      expect(Buffer.byteLength(socket)).toBeLessThanOrEqual(process.platform === 'linux' ? 107 : 103);
    }
    expect(runtimeFolderPath(dataFolder, 1000)).toBe(folder);
  });

  test('two long data folders do not share one', () => {
    const long = '/d'.repeat(100);
    expect(runtimeFolderPath(`${long}1`, 1000)).not.toBe(runtimeFolderPath(`${long}2`, 1000));
  });
});

describe('openRuntimeFolder', () => {
  test('only this user can enter it', async () => {
    await using folder = await makeTemporaryFolder();
    const path = await openRuntimeFolder(folder.path);
    expect((await stat(path)).mode & 0o777).toBe(0o700);
  });

  test('one that others can enter is refused', async () => {
    await using folder = await makeTemporaryFolder();
    const path = join(folder.path, 'run');
    await mkdir(path);
    await chmod(path, 0o777);
    await expect(openRuntimeFolder(folder.path)).rejects.toMatchObject({ code: 'forbidden' });
  });
});
