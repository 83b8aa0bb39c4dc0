import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MachineImage } from '../../../app/contract/machine.ts';
import { isLong } from '../../../scripts/testing/sitting.ts';
import { setUpQemu } from '../../testing/qemu-under-test.ts';
import { describeImage, makeSpec, plainOrder, spawnOn } from '../../testing/test-machine.ts';
import type { QemuDriver } from './qemu.driver.ts';

const run = promisify(execFile);
const MIB = 1024 ** 2;
const PATIENCE = { timeout: 170_000 };

let host: Awaited<ReturnType<typeof setUpQemu>>;
let driver: QemuDriver;
let scratch: string;

/** The newest of Debian's, unpacked. */
async function unpack(name: string): Promise<string> {
  const folder = join(scratch, name);
  await run('mkdir', ['-p', folder]);
  await run('apt-get', ['download', name], { cwd: folder });
  const [file = ''] = await readdir(folder);
  await run('dpkg', ['-x', file, '.'], { cwd: folder });
  return folder;
}

/** A disk whose firmware finds that program on it. */
async function diskWith(program: string): Promise<MachineImage> {
  const path = join(scratch, `${Math.random()}.raw`);
  await run('mkfs.vfat', ['-C', path, String(32 * 1024)]);
  await run('mmd', ['-i', path, '::EFI', '::EFI/BOOT']);
  await run('mcopy', ['-i', path, program, '::EFI/BOOT/BOOTX64.EFI']);
  const image = await describeImage(path, 'raw', 32 * MIB);
  host.controller.images.set(image.id, path);
  return image;
}

/** What the firmware says of the first thing it tries to start. */
async function startedFrom(image: MachineImage, secureBoot: string): Promise<string> {
  const hardware = { hw_machine_type: 'q35', os_secure_boot: secureBoot };
  const sizes = { memoryMib: 256, rootDiskGib: 0, ports: [], configDrive: null };
  const { id } = await spawnOn(driver, makeSpec(image, { hardware, firmware: 'uefi', ...sizes }));
  const said = async () => await driver.consoleLog(id, null);
  await expect.poll(said, PATIENCE).toMatch(/BdsDxe: (starting|failed to load) Boot/);
  const log = await said();
  await driver.orders.destroy({ id }, plainOrder());
  return log;
}

describe.skipIf(!isLong)('secure boot', () => {
  let unsigned: MachineImage;
  let signed: MachineImage;

  beforeAll(async () => {
    host = await setUpQemu();
    driver = host.makeDriver();
    await driver.open();
    scratch = await mkdtemp(join(tmpdir(), 'cumulet-secure-boot-'));
    const [systemdBoot, shim] = [await unpack('systemd-boot-efi'), await unpack('shim-signed')];
    unsigned = await diskWith(join(systemdBoot, 'usr/lib/systemd/boot/efi/systemd-bootx64.efi'));
    signed = await diskWith(join(shim, 'usr/lib/shim/shimx64.efi.signed'));
  });
  afterAll(async () => {
    await driver.close();
    await host.close();
    await rm(scratch, { recursive: true, force: true });
  });

  test('what nobody has signed is not started, and is where it need not be', async () => {
    expect(await startedFrom(unsigned, 'required')).toMatch(/failed to load Boot.+(Access Denied|Security Violation)/s);
    expect(await startedFrom(unsigned, 'disabled')).toContain('BdsDxe: starting');
  });

  test('what Microsoft has signed is started', async () => {
    expect(await startedFrom(signed, 'optional')).toContain('BdsDxe: starting');
  });
});
