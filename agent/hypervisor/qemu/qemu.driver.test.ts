import { cp, mkdir, readFile, rm, stat, watch, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type MachineSpec, usualDisks } from '../../../app/contract/machine.ts';
import { once } from '../../../app/contract/testing/waiting.ts';
import { readQcow2Header } from '../../image/qcow2-header.ts';
import { findProcessByArgument, killProcess } from '../../process-identity.ts';
import { testDriverContract } from '../../testing/driver-contract.ts';
import { GuestSession } from '../../testing/guest-session.ts';
import { listNames } from '../../testing/list-names.ts';
import { GUEST_GREETING, setUpQemu } from '../../testing/qemu-under-test.ts';
import { describeImage, makeSpec, plainOrder, spawnOn } from '../../testing/test-machine.ts';
import { buildIso } from '../config-drive/iso9660.ts';
import type { MachineState } from '../driver.ts';
import { machineFiles } from './machine-files.ts';
import type { QemuDriver } from './qemu.driver.ts';
import { runtimeFolderPath } from './runtime-folder.ts';

let host: Awaited<ReturnType<typeof setUpQemu>>;

beforeAll(async () => {
  host = await setUpQemu();
});

afterAll(async () => {
  await host.close();
});

function files(id: string) {
  return machineFiles(join(host.folder, 'machines'), runtimeFolderPath(host.folder, process.getuid?.() ?? 0), id);
}

/** Zero where there is none. */
async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => ({ size: 0 }))).size;
}

/** Kills QEMU from outside, as the system does when memory runs out. */
async function killQemu(id: string): Promise<void> {
  const found = await findProcessByArgument(files(id).pid);
  if (found === null) throw new Error('the machine has no process');
  await killProcess(found);
}

testDriverContract('qemu', async () => {
  const driver = host.makeDriver();
  await driver.open();
  return {
    driver,
    makeSpec: (change) => makeSpec(host.guestImage, change),
    makeDeafSpec: () => makeSpec(host.blankImage),
    kill: killQemu,
    findTraces: host.findTraces,
    noticed: 'NMI received for unknown reason',
    sentImage: (id) => host.controller.sentImage(id),
    greeting: GUEST_GREETING,
    close: () => driver.close(),
  };
});

describe('QEMU machines', () => {
  let driver: QemuDriver;
  let changes: MachineState[];
  const spawned: string[] = [];

  async function open(): Promise<void> {
    driver = host.makeDriver();
    changes = [];
    driver.onChange((state) => changes.push(state));
    await driver.open();
  }

  beforeEach(open);

  afterEach(async () => {
    for (const id of spawned.splice(0)) await driver.orders.destroy({ id: id }, plainOrder());
    await driver.close();
  });

  /** The agent ends and another takes over; `between` happens while there is none. */
  async function restartAgent(between: () => Promise<void> = async () => undefined): Promise<void> {
    await driver.close();
    await between();
    await open();
  }

  async function spawn(spec: MachineSpec): Promise<string> {
    spawned.push(spec.id);
    await spawnOn(driver, spec);
    return spec.id;
  }

  function until(id: string, test: (state: MachineState) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (state: MachineState | null) => {
        if (state !== null && state.id === id && test(state)) resolve();
      };
      driver.onChange(look);
      look(driver.status(id));
    });
  }

  async function logIn(id: string): Promise<GuestSession> {
    const guest = new GuestSession(await driver.openConsole(id, 'serial'));
    await guest.logIn();
    return guest;
  }

  /** Reads the file whenever it changes, until it holds the text. */
  async function untilFileHolds(path: string, text: string): Promise<void> {
    const done = new AbortController();
    const changes = watch(path, { signal: done.signal });
    const hasText = async () => (await readFile(path, 'latin1')).includes(text);
    if (!(await hasText())) for await (const _ of changes) if (await hasText()) break;
    done.abort();
  }

  test('diagnostics count what the guest does', async () => {
    const id = await spawn(makeSpec(host.guestImage));
    const session = await logIn(id);
    const before = await driver.diagnostics(id);
    await session.run(
      'dd if=/dev/vda of=/dev/null bs=1M count=20 iflag=direct 2>/dev/null || dd if=/dev/vda of=/dev/null bs=1M count=20',
    );
    const after = await driver.diagnostics(id);
    const read = ({ disks }: typeof before) => disks.find(({ name }) => name === 'root')?.readBytes ?? 0;
    const time = ({ cpus }: typeof before) => cpus[0]?.nanoseconds ?? 0;
    expect(read(after)).toBeGreaterThan(read(before));
    expect(time(after)).toBeGreaterThan(time(before));
    expect(after.memory).toEqual({ maximumMib: 128, usedMib: 128 });
    expect(after.nics).toEqual([{ mac: '52:54:00:12:34:56', traffic: null }]);
  });

  test("the guest has its port's address and its config drive, and memory survives suspend and a new agent", async () => {
    const id = await spawn(makeSpec(host.guestImage));
    const session = await logIn(id);
    const about = await session.run('hostname; ip -4 -o addr show eth0; ip route');
    expect(about).toContain('under-test');
    expect(about).toContain('inet 10.20.0.57/24');
    expect(about).toContain('default via 10.20.0.1');
    await session.run('marker=still-here');
    const [forward] = driver.status(id)?.forwards ?? [];
    expect(forward).toMatchObject({ guestPort: 22, hostAddress: '127.0.0.1' });
    const ssh = connect(forward?.hostPort ?? 0, '127.0.0.1');
    expect(String((await once(ssh, 'data', 150))[0])).toMatch(/^SSH-2\.0-/);
    ssh.destroy();
    session.close();

    await driver.orders.suspend({ id: id }, plainOrder());
    expect(await findProcessByArgument(files(id).pid)).toBeNull();
    await restartAgent();
    expect(driver.status(id)).toMatchObject({ powerState: 'SUSPENDED', reason: null });
    expect(await driver.orders.resume({ id: id }, plainOrder())).toMatchObject({ powerState: 'RUNNING' });
    await expect(stat(files(id).memory)).rejects.toMatchObject({ code: 'ENOENT' });
    const again = new GuestSession(await driver.openConsole(id, 'serial'));
    expect(await again.run('echo "[$marker]"')).toContain('[still-here]');
    again.close();
  });

  test('what the guest writes while the agent stands still is in the log once', async () => {
    const session = await logIn(await spawn(makeSpec(host.guestImage)));
    session.type('for i in $(seq 4000); do echo "line $i."; done\n');
    const begun = await session.expect('line 1.');
    // Its whole thread: nothing is read meanwhile.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500);
    const printed = `${begun}${await session.expect('line 4000.')}`;
    const lines = Array.from({ length: 4000 }, (_, index) => `line ${index + 1}.`);
    expect(printed.match(/line \d+\./g)).toEqual(lines);
    session.close();
  });

  test('a running machine is adopted with its process, address and start time', async () => {
    const id = await spawn(makeSpec(host.blankImage));
    const before = driver.status(id);
    const process = await findProcessByArgument(files(id).pid);
    await restartAgent();
    expect(driver.status(id)).toEqual({ ...before, revision: expect.any(Number) });
    expect(driver.status(id)?.revision).toBeGreaterThan(before?.revision ?? 0);
    expect(await findProcessByArgument(files(id).pid)).toEqual(process);
    const killed = until(id, ({ powerState }) => powerState === 'SHUTDOWN');
    await killQemu(id);
    await killed;
    expect(driver.status(id)).toMatchObject({ reason: 'killed', forwards: [] });
  });

  test('what happened while there was no agent is found out', async () => {
    const [guest, paused, killed] = [
      await spawn(makeSpec(host.guestImage)),
      await spawn(makeSpec(host.blankImage)),
      await spawn(makeSpec(host.blankImage)),
    ];
    await driver.orders.pause({ id: paused }, plainOrder());
    const session = await logIn(guest);
    session.type('poweroff\n');
    await session.expect('poweroff');
    await restartAgent(async () => {
      await killQemu(killed);
      // The process stays after the guest's end to tell of it; its log says when that was.
      await untilFileHolds(files(guest).serialLog, 'Power down');
    });
    await until(guest, ({ powerState }) => powerState === 'SHUTDOWN');
    expect(driver.status(guest)).toMatchObject({ powerState: 'SHUTDOWN', reason: 'guest-shutdown' });
    expect(driver.status(paused)).toMatchObject({ powerState: 'PAUSED', reason: null });
    expect(driver.status(killed)).toMatchObject({ powerState: 'SHUTDOWN', reason: 'killed' });
    expect(await findProcessByArgument(files(guest).pid)).toBeNull();
  });

  test('a machine that ran before the host was restarted says so', async () => {
    const id = await spawn(makeSpec(host.blankImage));
    await restartAgent(async () => {
      await killQemu(id);
      const state = JSON.parse(await readFile(files(id).state, 'utf8'));
      await writeFile(files(id).state, JSON.stringify({ ...state, bootId: 'another boot' }));
    });
    expect(driver.status(id)).toMatchObject({ powerState: 'SHUTDOWN', reason: 'host-reboot' });
  });

  test('a guest that shuts down by itself is off, and its process gone', async () => {
    const id = await spawn(makeSpec(host.guestImage));
    const session = await logIn(id);
    session.type('poweroff\n');
    await until(id, ({ powerState }) => powerState === 'SHUTDOWN');
    expect(changes.at(-1)).toMatchObject({ id, powerState: 'SHUTDOWN', reason: 'guest-shutdown', message: null });
    expect(await findProcessByArgument(files(id).pid)).toBeNull();
  });

  /** Starts a machine whose whole system is this code, at the beginning of a boot sector. */
  async function spawnCode(name: string, code: string): Promise<string> {
    const path = join(host.folder, `${name}.raw`);
    const sector = Buffer.alloc(512);
    sector.write(code, 'hex');
    sector.writeUInt16LE(0xaa55, 510);
    await writeFile(path, sector);
    const image = await describeImage(path, 'raw', sector.length);
    host.controller.images.set(image.id, path);
    return spawn(makeSpec(image));
  }

  test('a guest whose kernel panics is crashed', async () => {
    // What a panicking kernel does: writes 1 to the port of the pvpanic device, 0x505.
    const id = await spawnCode('panic', 'ba0505b001eef4ebfd');
    await until(id, ({ powerState }) => powerState !== 'RUNNING');
    expect(driver.status(id)).toMatchObject({
      powerState: 'CRASHED',
      reason: 'guest-panic',
      message: expect.any(String),
    });
    expect(await findProcessByArgument(files(id).pid)).toBeNull();
  });

  test('a guest that causes events without end is paused, and can be let go on', async () => {
    // Says to the same device, again and again, that it loads a kernel after a crash.
    const id = await spawnCode('flood', 'ba0505b002eeebfd');
    await until(id, ({ powerState }) => powerState === 'PAUSED');
    expect(driver.status(id)).toMatchObject({ reason: 'flood', message: expect.stringContaining('paused') });
    await driver.orders.unpause({ id: id }, plainOrder());
    await until(id, ({ powerState }) => powerState === 'PAUSED');
    const states = changes.filter((state) => state.id === id).map(({ powerState }) => powerState);
    expect(states.lastIndexOf('RUNNING')).toBeGreaterThan(states.indexOf('PAUSED'));
  });

  test('what QEMU complains of takes little room, whatever a guest does', async () => {
    // Finds the balloon among the PCI devices and hands it empty buffers, again and again:
    //   scan configuration space for 1002:1af4, switch it on, take its port base
    //   again: status 0, queue 0 at page 0x10 (nothing but zeros, and an index that says it is full), status 7, notify
    const id = await spawnCode(
      'complaints',
      'fa31c08ed8b800108ec026c7060208ff7f66bb00000080baf80c6689d866efbafc0c66ed663df41a021074096681c300080000ebe2' +
        'b304baf80c6689d866efbafc0cb80700efb310baf80c6689d866efbafc0c66ed83e0fc89c68d541231c0ee8d540eef8d540866b810' +
        '00000066ef8d5412b007ee8d541031c0efebdd',
    );
    await expect.poll(() => sizeOf(files(id).qemuLogBefore), { timeout: 120_000 }).toBeGreaterThan(0);
    // It goes on, and so does the cutting.
    await expect.poll(() => sizeOf(files(id).qemuLog)).toBeLessThan(1024 ** 2);
  });

  test('extra disks are there, the swap disk ready for use, and a tagged one is told with its place', async () => {
    const [first, swap] = usualDisks(2, 64);
    if (!first || !swap) throw new Error('there are two');
    const tagged = { ...first, id: 'ephemeral1', sizeMib: 1024, serial: 'ephemeral1' };
    const device = { type: 'disk', bus: 'none', address: 'none', serial: 'ephemeral1', tags: ['data'] };
    const told = Buffer.from(JSON.stringify({ hostname: 'tagged', devices: [device] })).toString('base64');
    const configDrive = { 'openstack/latest/meta_data.json': told };
    const id = await spawn(makeSpec(host.guestImage, { disks: [first, tagged, swap], configDrive }));
    const drive = await readFile(join(files(id).folder, 'config-drive.iso'), 'latin1');
    expect(drive).toContain(JSON.stringify({ ...device, bus: 'pci', address: '0000:00:08.0' }));
    const session = await logIn(id);
    const disks = await session.run(
      'for d in vda vdb vdc vdd; do cat /sys/block/$d/size; done; ls /sys/bus/pci/devices',
    );
    expect(disks).toMatch(/2097152\s+4194304\s+2097152\s+131072[\s\S]*0000:00:08\.0/);
    expect(await session.run('cat /sys/block/vdc/serial; readlink /sys/block/vdc')).toMatch(
      /ephemeral1[\s\S]*0000:00:08\.0/,
    );
    expect(await session.run('swapon /dev/vdd && cat /proc/swaps')).toMatch(/\/dev\/vdd\s+partition\s+65532/);
  });

  test('a failed spawn names its cause and leaves nothing', async () => {
    const tooSmall = makeSpec({ ...host.guestImage, virtualSize: 2 ** 31 });
    await expect(spawnOn(driver, tooSmall)).rejects.toMatchObject({
      code: 'bad_request',
      field: 'rootDiskGib',
    });
    const tooBig = makeSpec(host.blankImage, { memoryMib: 2 ** 27 });
    await expect(spawnOn(driver, tooBig)).rejects.toMatchObject({
      code: 'hypervisor_failed',
      message: expect.stringMatching(/QEMU did not start: .+/),
    });
    const badDevice = makeSpec(host.blankImage, { hardware: { hw_disk_bus: 'virtio,id=x' } });
    await expect(spawnOn(driver, badDevice)).rejects.toMatchObject({ field: 'hardware.hw_disk_bus' });
    const badPath = makeSpec(host.blankImage, { configDrive: { '../../x': '' } });
    await expect(spawnOn(driver, badPath)).rejects.toMatchObject({ field: 'configDrive' });
    for (const { id } of [tooSmall, tooBig, badDevice, badPath]) expect(await host.findTraces(id)).toEqual([]);
    expect(driver.list()).toEqual([]);
  });

  test('what lies beside machines is found and removed by its name; what they stand on stays', async () => {
    const id = await spawn(makeSpec(host.blankImage));
    await spawn(makeSpec(host.guestImage));
    await driver.orders.destroy({ id: spawned.pop() ?? '' }, plainOrder());
    const copy = join(dirname(files(id).folder), 'web before the upgrade');
    await cp(files(id).folder, copy, { recursive: true });
    // Of one that is a machine no more, or not yet: its disk stands on an image all the same.
    await mkdir(join(dirname(files(id).folder), 'lost+found'));
    expect(await driver.strays.find()).toEqual(
      expect.arrayContaining([
        { kind: 'machine-folder', name: 'web before the upgrade' },
        { kind: 'machine-folder', name: 'lost+found' },
        { kind: 'cached-file', name: expect.stringContaining(host.guestImage.id), bytes: host.guestImage.size },
      ]),
    );
    expect(await driver.strays.remove('machine-folder', id)).toBe(false);
    await expect(driver.strays.remove('machine-folder', '../machines')).rejects.toMatchObject({ code: 'bad_request' });
    expect(await driver.strays.remove('cached-image', host.blankImage.id)).toBe(false);
    expect(await driver.strays.remove('cached-image', host.guestImage.id)).toBe(true);
    expect(await driver.strays.remove('machine-folder', 'web before the upgrade')).toBe(true);
    const folders = (await driver.strays.find()).filter(({ kind }) => kind === 'machine-folder');
    expect(folders).toEqual([{ kind: 'machine-folder', name: 'lost+found' }]);
    await driver.strays.remove('machine-folder', 'lost+found');
    expect(driver.status(id)).toMatchObject({ powerState: 'RUNNING' });
  });

  test('a process whose machine was deleted under it is listed, runs on, and ends by its name or with its server', async () => {
    const [stray, deleted] = [await spawn(makeSpec(host.blankImage)), await spawn(makeSpec(host.blankImage))];
    await driver.close();
    for (const id of [stray, deleted]) await rm(files(id).folder, { recursive: true });
    driver = host.makeDriver();
    await driver.open();
    expect(driver.list().map(({ id }) => id)).not.toContain(stray);
    const processes = async () => (await driver.strays.find()).filter(({ kind }) => kind === 'process');
    expect(await processes()).toEqual(
      expect.arrayContaining([stray, deleted].map((name) => ({ kind: 'process', name }))),
    );
    expect(await findProcessByArgument(files(stray).pid)).not.toBeNull();
    // It stands on the image all the same.
    expect(await driver.strays.remove('cached-image', host.blankImage.id)).toBe(false);

    await mkdir(files(stray).folder);
    await writeFile(join(files(stray).folder, 'note.txt'), 'somebody put something here since');
    expect(await driver.strays.remove('process', stray)).toBe(true);
    expect(await processes()).toEqual([{ kind: 'process', name: deleted }]);
    expect(await findProcessByArgument(files(stray).pid)).toBeNull();
    expect(await readFile(join(files(stray).folder, 'note.txt'), 'utf8')).toContain('somebody');
    await driver.orders.destroy({ id: deleted }, plainOrder());
    expect(await processes()).toEqual([]);
    expect(await host.findTraces(deleted)).toEqual([]);
  });

  test('the record of a machine holds none of its secrets', async () => {
    const secret = Buffer.from('{"admin_pass":"hunter2"}').toString('base64');
    const id = await spawn(makeSpec(host.blankImage, { configDrive: { 'openstack/latest/meta_data.json': secret } }));
    expect(await readFile(files(id).record, 'utf8')).not.toContain(secret);
    expect((await stat(join(files(id).folder, 'config-drive.iso'))).mode & 0o077).toBe(0);
    expect((await stat(files(id).folder)).mode & 0o077).toBe(0);
  });

  test('an installation medium comes with a blank disk, and without one where the flavor has none', async () => {
    const path = join(host.folder, 'medium.iso');
    await writeFile(path, buildIso('medium', new Map([['readme', Buffer.from('nothing to install')]]), new Date(0)));
    const { size } = await stat(path);
    const image = await describeImage(path, 'iso', size);
    host.controller.images.set(image.id, path);
    const id = await spawn(makeSpec(image, { rootDiskGib: 3 }));
    expect(driver.status(id)).toMatchObject({ powerState: 'RUNNING' });
    expect(readQcow2Header(await readFile(join(files(id).folder, 'root.qcow2')))?.virtualSize).toBe(3n * 2n ** 30n);
    const diskless = await spawn(makeSpec(image, { rootDiskGib: 0 }));
    expect(driver.status(diskless)).toMatchObject({ powerState: 'RUNNING' });
    await expect(stat(join(files(diskless).folder, 'root.qcow2'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('a data folder whose path is too long for sockets works all the same', async () => {
    const folder = join(host.folder, 'd'.repeat(60), 'd'.repeat(60));
    const other = host.makeDriver(folder);
    await other.open();
    const spec = makeSpec(host.blankImage);
    expect(await spawnOn(other, spec)).toMatchObject({ powerState: 'RUNNING' });
    const screen = await other.openConsole(spec.id, 'vnc');
    expect(String((await once(screen, 'data'))[0])).toBe('RFB 003.008\n');
    screen.destroy();
    await other.orders.destroy({ id: spec.id }, plainOrder());
    await other.close();
    const runtime = runtimeFolderPath(folder, process.getuid?.() ?? 0);
    expect(runtime.startsWith(host.folder)).toBe(false);
    expect(await listNames(runtime)).toEqual([]);
    await rm(runtime, { recursive: true });
  });
});

describe('every device of the closed lists starts', () => {
  let driver: QemuDriver;

  beforeAll(async () => {
    driver = host.makeDriver();
    await driver.open();
  });

  afterAll(async () => {
    await driver.close();
  });

  test.each<[string, Record<string, string>]>([
    ['ide', { hw_disk_bus: 'ide', hw_cdrom_bus: 'ide' }],
    ['scsi', { hw_disk_bus: 'scsi', hw_cdrom_bus: 'scsi' }],
    ['sata', { hw_disk_bus: 'sata', hw_cdrom_bus: 'sata' }],
    ['usb', { hw_disk_bus: 'usb', hw_cdrom_bus: 'usb', hw_pointer_model: 'ps2mouse' }],
    ['virtio', { hw_cdrom_bus: 'virtio' }],
    ['q35', { hw_machine_type: 'q35' }],
    ['q35 with sata', { hw_machine_type: 'q35', hw_disk_bus: 'sata', hw_cdrom_bus: 'sata' }],
    ['e1000', { hw_vif_model: 'e1000', hw_video_model: 'cirrus' }],
    ['e1000e', { hw_vif_model: 'e1000e', hw_video_model: 'bochs' }],
    ['rtl8139', { hw_vif_model: 'rtl8139', hw_video_model: 'vmvga' }],
    ['pcnet', { hw_vif_model: 'pcnet', hw_video_model: 'none', hw_rng_model: 'none' }],
    ['ne2k_pci', { hw_vif_model: 'ne2k_pci', hw_video_model: 'virtio' }],
    ['vmxnet3', { hw_vif_model: 'vmxnet3' }],
  ])('%s', async (_name, hardware) => {
    const spec = makeSpec(host.blankImage, { hardware, disks: usualDisks(1, 1) });
    expect(await spawnOn(driver, spec)).toMatchObject({ powerState: 'RUNNING' });
    await driver.orders.destroy({ id: spec.id }, plainOrder());
  });

  test('UEFI', async () => {
    const spec = makeSpec(host.blankImage, { firmware: 'uefi', memoryMib: 256 });
    expect(await spawnOn(driver, spec)).toMatchObject({ powerState: 'RUNNING' });
    await driver.orders.destroy({ id: spec.id }, plainOrder());
  });
});
