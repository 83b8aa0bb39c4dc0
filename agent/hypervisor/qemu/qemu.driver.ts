import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { ConsoleType } from '../../../app/contract/console.ts';
import { OperationalError } from '../../../app/contract/errors.ts';
import type { MachineSpec } from '../../../app/contract/machine.ts';
import { explainDiskFull, withDiskFull } from '../../disk-full.ts';
import { failPoint } from '../../fail-point.ts';
import { exists } from '../../file-exists.ts';
import { ImageCache } from '../../image/image-cache.ts';
import type { ImageSource } from '../../image/image-download.ts';
import type { NetworkDriver } from '../../network/driver.ts';
import type { NetworkIsolation } from '../../network/isolation/network-isolation.ts';
import { readBootId } from '../../process-identity.ts';
import type {
  HypervisorDriver,
  HypervisorFacts,
  MachineState,
  OrderContext,
  OrderHandlers,
  StrayKeeper,
} from '../driver.ts';
import { AttachedDisks } from './attached-disks.ts';
import { diskOrders } from './disk-orders.ts';
import { checkGuest } from './guest-check.ts';
import { type LaunchEnvironment, unknownNetworkDriver } from './launch-machine.ts';
import { type MachineFiles, machineFiles, REMOVED, removeMachineFiles } from './machine-files.ts';
import { endHolder, OpenFiles } from './machine-process.ts';
import {
  baseImages,
  describeMachine,
  designMachine,
  initialState,
  type MachineRecord,
  placesOf,
  readMachine,
  type StateRecord,
} from './machine-record.ts';
import { MachineStateFile } from './machine-state-file.ts';
import { nicOrders } from './nic-orders.ts';
import { prepareMachine } from './prepare-machine.ts';
import { qemuGuestAgent } from './qemu-guest-agent.ts';
import { QemuHost } from './qemu-host.ts';
import { QemuMachine } from './qemu-machine.ts';
import { readHardware } from './read-hardware.ts';
import { removeOtherFiles } from './replace-disks.ts';
import { openRuntimeFolder } from './runtime-folder.ts';
import { snapshotMachine } from './snapshot-machine.ts';
import { endStrayProcess } from './stray-processes.ts';
import { Strays } from './strays.ts';
import { UNPLUG_PATIENCE_MS } from './unplug-device.ts';

export interface QemuDriverOptions {
  /** The agent's folder. */
  folder: string;
  imageSource: ImageSource;
  networkDrivers: readonly NetworkDriver[];
  isolation: NetworkIsolation;
  log: Logger;
  /** How long a guest has to let go of a device, milliseconds; for tests. */
  unplugPatienceMs?: number;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** How long the agent's start waits for the processes of the one before to answer; it goes on asking after that. */
const ADOPTION_PATIENCE_MS = 2_000;

/** Machines as QEMU processes of this host, driven over QMP. */
export class QemuDriver implements HypervisorDriver {
  readonly type = 'qemu';
  readonly strays: StrayKeeper;
  readonly disks: AttachedDisks;
  private readonly machinesFolder: string;
  private readonly images: ImageCache;
  /** What snapshots are made with, and where they go. */
  private readonly host: QemuHost;
  private readonly networks: ReadonlyMap<string, NetworkDriver>;
  private readonly environment: LaunchEnvironment;
  private readonly log: Logger;
  private readonly folder: string;
  private readonly machines = new Map<string, QemuMachine>();
  private readonly listeners: ((state: MachineState) => void)[] = [];
  /** Images of machines that are being made, by machine: not to be pruned under their hands. */
  private readonly preparing = new Map<string, string>();
  private runtimeFolder = '';
  private bootId: string | null = null;

  constructor(options: QemuDriverOptions) {
    this.folder = options.folder;
    this.machinesFolder = join(options.folder, 'machines');
    this.images = new ImageCache(join(options.folder, 'image-cache'), options.imageSource);
    this.host = new QemuHost(join(options.folder, 'accelerator.json'), options.isolation);
    this.networks = new Map(options.networkDrivers.map((driver) => [driver.name, driver]));
    this.log = options.log;
    const bases = () => {
      const machines = [...this.machines].map(([id, { record }]): [string, string[]] => [id, baseImages(record)]);
      return new Map([...machines, ...[...this.preparing].map(([id, image]): [string, string[]] => [id, [image]])]);
    };
    this.strays = new Strays({
      ...{ folder: this.machinesFolder, images: this.images, bases, isolation: options.isolation },
      removeMachine: (id) => this.remove(id),
      runtimeFolder: () => this.runtimeFolder,
    });
    this.environment = {
      install: () => this.host.install(),
      accelerator: () => this.host.accelerator(),
      networkDriver: (name) => this.networkDriver(name),
      isolation: options.isolation,
      baseImage: (image, order) => this.images.ensure(image, order.progress, order.signal),
    };
    const parts = {
      ...{ find: (id: string) => this.find(id), environment: this.environment, host: this.host, images: this.images },
      patienceMs: options.unplugPatienceMs ?? UNPLUG_PATIENCE_MS,
    };
    this.disks = new AttachedDisks(parts);
    const imaging = { environment: this.environment, target: options.imageSource, log: this.log };
    this.orders = {
      spawn: ({ spec }, order) => this.#spawn(spec, order),
      destroy: ({ id }) => this.#destroy(id),
      ...diskOrders({ ...parts, design: (spec) => this.#design(spec), preparing: this.preparing }),
      ...nicOrders(parts),
      snapshot: ({ id, image }, order) =>
        withDiskFull(snapshotMachine({ machine: this.find(id), image, ...imaging, order }), 'the snapshot'),
      stop: ({ id, ...how }, order) => this.find(id).stop(how, order),
      pause: ({ id }, order) => this.find(id).pause(order),
      unpause: ({ id }, order) => this.find(id).unpause(order),
      suspend: ({ id }, order) => withDiskFull(this.disks.suspend(id, order), 'suspending the machine'),
      resume: ({ id }, order) => withDiskFull(this.find(id).resume(order), 'resuming the machine'),
      triggerCrashDump: ({ id }, order) => this.find(id).triggerCrashDump(order),
    };
  }

  readonly orders: OrderHandlers;
  readonly guestAgent = qemuGuestAgent((id) => this.find(id));

  async open(): Promise<void> {
    await mkdir(this.machinesFolder, { recursive: true, mode: 0o700 });
    const [runtimeFolder, bootId, openFiles] = await Promise.all([
      openRuntimeFolder(this.folder),
      readBootId(),
      OpenFiles.scan(),
    ]);
    Object.assign(this, { runtimeFolder, bootId });
    await Promise.all([this.environment.isolation.sweep(), this.images.forgetOldDownloads()]);
    await Promise.all((await readdir(this.machinesFolder)).map((name) => this.adopt(name, openFiles)));
    await Promise.all([...this.machines.values()].map((machine) => machine.reached(ADOPTION_PATIENCE_MS)));
  }

  async close(): Promise<void> {
    await Promise.all([...this.machines.values()].map((machine) => machine.close()));
    this.machines.clear();
    await this.environment.isolation.close();
  }

  onChange(listener: (state: MachineState) => void): void {
    this.listeners.push(listener);
  }

  async #spawn(spec: MachineSpec, order: OrderContext): Promise<MachineState> {
    // Made already by an order whose answer was lost; what is left is to see that it runs.
    const existing = this.machines.get(spec.id);
    if (existing !== undefined) return existing.start(order);
    const { record, imageTool } = await this.#design(spec);
    const files = this.files(spec.id);
    if (await exists(files.record)) {
      throw new OperationalError('conflict', 'agent', `The folder of machine ${spec.id} holds another machine.`, {
        hint: `Look at ${files.folder} on the host, and move it away.`,
      });
    }
    if (record.baseImage !== null) this.preparing.set(spec.id, record.baseImage);
    try {
      // Half of it, from before a crash.
      if (await exists(files.folder)) await this.remove(spec.id);
      await prepareMachine({ files, record, spec, imageTool, images: this.images, order });
      const machine = this.take(record, files, initialState());
      await machine.open();
      const state = await machine.start(order);
      failPoint('agent.spawn.started');
      return state;
    } catch (error) {
      await this.remove(spec.id);
      throw explainDiskFull(error, 'launching the machine');
    } finally {
      this.preparing.delete(spec.id);
    }
  }

  /** Throws where a machine by that specification cannot be on this host. */
  async #design(spec: MachineSpec): Promise<{ record: MachineRecord; imageTool: string }> {
    const { imageTool, machineTypes, canBeSecure } = await this.host.install();
    for (const port of spec.ports) this.networkDriver(port.driver);
    return { record: designMachine(spec, machineTypes, canBeSecure), imageTool };
  }

  async #destroy(id: string): Promise<undefined> {
    failPoint('agent.destroy.begun');
    await this.remove(id);
    failPoint('agent.destroy.removed');
  }

  list(): MachineState[] {
    return [...this.machines.values()].map((machine) => machine.status());
  }

  readonly status = (id: string): MachineState | null => this.machines.get(id)?.status() ?? null;

  readonly change: HypervisorDriver['change'] = async (id, changes) => await this.find(id).change(changes);
  // What is read of a machine is its own affair.
  readonly consoleLog = async (id: string, lines: number | null) => await this.find(id).consoleLog(lines);
  readonly diagnostics = async (id: string) => await this.find(id).diagnostics();
  readonly hardware = async (id: string) => await readHardware(this.find(id));
  readonly statistics = async () => {
    const told = await Promise.all([...this.machines.values()].map((machine) => machine.statistics()));
    return told.filter((each) => each !== null);
  };
  readonly checkGuest: HypervisorDriver['checkGuest'] = async (id, check) => await checkGuest(this.find(id), check);
  readonly facts = (): Promise<HypervisorFacts> => this.host.facts();
  readonly places = (id: string) => placesOf(this.machines.get(id)?.record);
  readonly screenshot = async (id: string) => await this.find(id).screenshot();
  readonly openConsole = async (id: string, type: ConsoleType) => await this.find(id).openConsole(type);

  describe(id: string): MachineSpec | null {
    const record = this.machines.get(id)?.record;
    return record ? describeMachine(record) : null;
  }

  private files(id: string): MachineFiles {
    return machineFiles(this.machinesFolder, this.runtimeFolder, id);
  }

  private async adopt(name: string, openFiles: OpenFiles): Promise<void> {
    // What an order to remove a machine has renamed, and a crash left.
    if (name.endsWith(REMOVED) && UUID.test(name.slice(0, -REMOVED.length))) {
      await rm(join(this.machinesFolder, name), { recursive: true, force: true });
      return;
    }
    const files = this.files(name);
    try {
      const found = UUID.test(name) ? await readMachine(files, name) : null;
      if (found === null) {
        this.log.warn({ folder: name }, 'a folder among the machines is none; it is kept');
        return;
      }
      const machine = this.take(found.record, files, found.state);
      await removeOtherFiles(machine);
      await machine.adopt(openFiles);
    } catch (error) {
      // One machine that cannot be understood must not keep the others from their agent.
      this.log.error({ err: error, machine: name }, 'a machine could not be adopted');
    }
  }

  private take(record: MachineRecord, files: MachineFiles, initial: StateRecord): QemuMachine {
    const { id } = record.spec;
    const state = new MachineStateFile({
      id,
      path: files.state,
      bootId: this.bootId,
      initial,
      onChange: () => {
        if (this.machines.get(id)?.files !== files) return;
        for (const listener of this.listeners) listener(machine.status());
      },
    });
    const machine = new QemuMachine({ files, record, state, environment: this.environment, log: this.log });
    this.machines.set(id, machine);
    return machine;
  }

  /** Ends the process and removes every trace; what is not there is removed already. */
  private async remove(id: string): Promise<void> {
    const files = this.files(id);
    const machine = this.machines.get(id);
    await machine?.destroyProcess();
    // Also one nobody adopted: its machine's record cannot be read, or was never written.
    await ((await exists(files.folder)) ? endHolder(files) : endStrayProcess(this.runtimeFolder, id));
    this.machines.delete(id);
    await this.environment.isolation.leave(id);
    failPoint('agent.destroy.stopped');
    const unplugged = machine?.record.spec.ports.map((port) => this.networkDriver(port.driver).unplug(port));
    await Promise.all(unplugged ?? []);
    await removeMachineFiles(files);
  }

  private find(id: string): QemuMachine {
    const machine = this.machines.get(id);
    if (machine !== undefined) return machine;
    throw new OperationalError('not_found', 'agent', `Machine ${id} is not on this host.`);
  }

  private networkDriver(name: string): NetworkDriver {
    const driver = this.networks.get(name);
    if (driver === undefined) throw unknownNetworkDriver(name);
    return driver;
  }
}
