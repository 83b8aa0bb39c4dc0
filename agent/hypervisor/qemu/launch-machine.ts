import { mkdir, stat } from 'node:fs/promises';
import { OperationalError, UserError } from '../../../app/contract/errors.ts';
import type { MachineImage } from '../../../app/contract/machine.ts';
import { errorCode } from '../../disk-full.ts';
import type { Forward, NetworkDriver, NetworkPlug } from '../../network/driver.ts';
import type { NetworkIsolation } from '../../network/isolation/network-isolation.ts';
import type { OrderContext } from '../driver.ts';
import type { Accelerator } from './accelerator-probe.ts';
import { buildCommandLine } from './command-line.ts';
import { limitDisks } from './disk-limits.ts';
import { findFirmwareCode } from './firmware.ts';
import { LiveQemu, machineNetwork } from './live-qemu.ts';
import type { MachineFiles } from './machine-files.ts';
import { isLeaving, pluggedPorts } from './machine-nics.ts';
import type { MachineRecord } from './machine-record.ts';
import type { MachineStateFile } from './machine-state-file.ts';
import type { QemuInstall } from './qemu-install.ts';
import type { QmpEvent } from './qmp-client.ts';
import { makeSerialPipe } from './serial-pipe.ts';
import { startTpm } from './swtpm.ts';

/** What launching needs of the host. */
export interface LaunchEnvironment {
  /** Throws, with how to repair it, when QEMU is not installed. */
  install(): Promise<QemuInstall>;
  accelerator(): Promise<Accelerator>;
  networkDriver(name: string): NetworkDriver;
  isolation: NetworkIsolation;
  /** Path of the image in the host's cache, looked at and fetched again where it is damaged or missing. */
  baseImage(image: MachineImage, order: OrderContext): Promise<string>;
}

export interface Launch {
  environment: LaunchEnvironment;
  files: MachineFiles;
  record: MachineRecord;
  state: MachineStateFile;
  /** The process is to wait for a saved memory. */
  isIncoming: boolean;
  order: OrderContext;
  onEvent(event: QmpEvent): void;
}

/** Another process may take a forwarded port between our choice and QEMU's bind; that often in a row it is not chance. */
const PORT_ATTEMPTS = 5;
const PORT_TAKEN = /Could not set up host forwarding rule|Failed to bind/;

/** Starts a machine's process; the guest runs when this returns, unless it waits for its memory. */
export async function launchMachine(launch: Launch): Promise<LiveQemu> {
  const { environment, files, record, state, order } = launch;
  const [install, proven, images, isIsolated, firmware, hasSerialPipe] = await Promise.all([
    environment.install(),
    environment.accelerator(),
    imagesOf(environment, record, order),
    // Also without a card: one may come while it runs.
    environment.isolation.prove().then(({ reason }) => reason === null),
    record.spec.firmware === 'uefi' ? findFirmwareCode(record.hardware.isSecure) : null,
    mkdir(files.runtime, { recursive: true, mode: 0o700 }).then(() => makeSerialPipe(files)),
  ]);
  // A saved memory can only be loaded by the accelerator it was saved under.
  const accelerator = launch.isIncoming ? (state.record.accelerator ?? proven) : proven;
  let before: Forward[] = state.record.forwards;
  for (let attempt = 1; ; attempt++) {
    order.progress({ stage: 'network', done: 0, total: pluggedPorts(record).length, unit: 'items' });
    const plugs = await plugAll(environment, record, { before, isIsolated });
    const forwards = plugs.flatMap((plug) => plug.forwards);
    const args = buildCommandLine({
      spec: record.spec,
      hardware: record.hardware,
      accelerator,
      hasSandbox: install.hasSandbox,
      hasSerialPipe,
      files,
      devices: record.devices,
      images,
      plugs,
      firmware: firmware === null ? null : { code: firmware, variables: files.firmwareVariables },
      isIncoming: launch.isIncoming,
    });
    state.logStart = await sizeOf(files.qemuLog);
    await order.confirm();
    // On disk before there is a process, so that one nobody noted can be found.
    await state.changeDurably({ isLaunching: true, forwards, accelerator });
    order.progress({ stage: 'start', done: 0, total: 1, unit: 'items' });
    try {
      return await launchAndRecord(launch, install.binary, args, isIsolated);
    } catch (error) {
      const isPortTaken = error instanceof OperationalError && PORT_TAKEN.test(error.message);
      if (!isPortTaken || attempt === PORT_ATTEMPTS) throw error;
      before = [];
    }
  }
}

async function launchAndRecord(launch: Launch, binary: string, args: string[], isIsolated: boolean): Promise<LiveQemu> {
  const { environment, files, record, state, onEvent, order } = launch;
  const network = isIsolated ? machineNetwork(environment.isolation, files, state.record) : null;
  const tpm = record.hardware.tpm === undefined ? null : await startTpm(files, record.hardware.tpm);
  let live: LiveQemu | null = null;
  try {
    live = await LiveQemu.launch({
      ...{ binary, args, files, onEvent, signal: order.signal, network },
      tpm: tpm?.socket ?? null,
    });
    await limitDisks(live.client, record);
    await state.changeDurably({ isLaunching: false, process: live.identity });
    return live;
  } catch (error) {
    // A process nobody has a record of must not stay.
    await live?.kill();
    tpm?.kill();
    await state.change({ isLaunching: false, process: null });
    throw error;
  } finally {
    // Also where there never was a QEMU to have it.
    tpm?.socket.destroy();
  }
}

function plugAll(
  environment: LaunchEnvironment,
  record: MachineRecord,
  context: { before: Forward[]; isIsolated: boolean },
): Promise<NetworkPlug[]> {
  return Promise.all(
    pluggedPorts(record).map(async (port, index) => {
      const driver = environment.networkDriver(port.driver);
      const isGone = isLeaving(record, port.id);
      const plug = await driver.plug(port, { ...context, isFirst: index === 0 && !isGone });
      return isGone ? { ...plug, leadsOutside: false } : plug;
    }),
  );
}

/** The images its disks stand on, by id. */
async function imagesOf(
  environment: LaunchEnvironment,
  { devices }: MachineRecord,
  order: OrderContext,
): Promise<Map<string, string>> {
  const images = devices.disks.flatMap(({ source }) => (source.kind === 'image' ? [source.image] : []));
  return new Map(
    await Promise.all(images.map(async (image) => [image.id, await environment.baseImage(image, order)] as const)),
  );
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw error;
  }
}

/** For a port whose driver this host does not have. */
export function unknownNetworkDriver(name: string): UserError {
  return new UserError('bad_request', `This host has no network driver ${JSON.stringify(name)}.`, { field: 'driver' });
}
