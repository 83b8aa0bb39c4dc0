import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { findExecutable } from '../../host-programs.ts';
import { NetworkIsolation } from '../../network/isolation/network-isolation.ts';
import { askMetadata } from '../../testing/qemu-under-test.ts';
import { silentLog } from '../../testing/silent-log.ts';
import { makeTemporaryFolder } from '../../testing/temporary-folder.ts';
import { QemuHost } from './qemu-host.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

function makeHost(folder: string): QemuHost {
  const isolation = new NetworkIsolation({ folder, log: silentLog, askMetadata });
  return new QemuHost(join(folder, 'accelerator.json'), isolation);
}

describe('a host without QEMU', () => {
  test('says so with the command that repairs it, and finds QEMU once it is there', async () => {
    await using folder = await makeTemporaryFolder();
    const host = makeHost(folder.path);
    const installed = await Promise.all(['qemu-system-x86_64', 'qemu-img'].map(findExecutable));
    await symlink('/bin/true', join(folder.path, 'apt-get'));
    vi.stubEnv('PATH', folder.path);
    const facts = await host.facts();
    expect(facts).toMatchObject({ version: null, accelerator: null, capabilities: [] });
    expect(facts.preflight).toEqual([
      {
        id: 'hypervisor',
        state: 'failed',
        fact: expect.stringContaining('not installed'),
        hint: expect.stringContaining('QEMU'),
        fixCommand: expect.stringMatching(/apt-get install -y .*qemu-system-x86 qemu-utils/),
      },
    ]);
    await expect(host.install()).rejects.toMatchObject({
      code: 'hypervisor_failed',
      message: 'QEMU is not installed on this host.',
      hint: expect.stringContaining('apt-get install'),
    });
    for (const path of installed) {
      if (path === null) throw new Error('this test needs qemu-system-x86_64 and qemu-img');
      await symlink(path, join(folder.path, path.split('/').at(-1) ?? ''));
    }
    expect(await host.install()).toMatchObject({ version: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
  });
});

test('a host with QEMU tells what it can run', async () => {
  await using folder = await makeTemporaryFolder();
  const facts = await makeHost(folder.path).facts();
  expect(facts.version).toMatch(/^\d+\.\d+\.\d+$/);
  expect(facts.capabilities).toEqual(expect.arrayContaining(['disk-format:qcow2', 'machine-type:pc', 'firmware:bios']));
  expect(facts.preflight.map(({ id }) => id)).toEqual(['hypervisor', 'acceleration', 'rights', 'network', 'metadata']);
  const acceleration = facts.preflight[1];
  expect(acceleration?.state).toBe(facts.accelerator === 'tcg' ? 'warning' : 'ok');
});
