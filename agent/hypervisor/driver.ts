import type { Duplex } from 'node:stream';
import type { BusProgress } from '../../app/contract/bus.ts';
import type { ConsoleType } from '../../app/contract/console.ts';
import type { PreflightCheck } from '../../app/contract/host.ts';
import type { MachineSpec, MachineStatus } from '../../app/contract/machine.ts';
import type { MachineDiagnostics } from '../../app/contract/machine-diagnostics.ts';
import type { MachineHardware } from '../../app/contract/machine-hardware.ts';
import type { MachineOrderArgs, MachineOrderName, MachineOrderResult } from '../../app/contract/machine-orders.ts';
import type { MachineStatistics } from '../../app/contract/machine-statistics.ts';
import type { GuestCheck } from '../../app/contract/startup.ts';
import type { FoundThing } from '../../app/contract/unclaimed.ts';
import type { AttachedDisk, DiskToAttach } from './attached-disks.ts';
import type { DevicePlace } from './devices/device-address.ts';
import type { GuestAgent } from './guest-agent.ts';

/** What a driver knows of a machine. The generation is not its business: `machine-orders.ts` adds it. */
export type MachineState = Omit<MachineStatus, 'generation'>;

/** What a host is, measured; the simulated hypervisor pretends to be on another one. */
export interface HostSize {
  cpuModel: string;
  vcpus: number;
  memoryMib: number;
  memoryFreeMib: number;
  diskGib: number;
  diskFreeGib: number;
}

/** Travels with every order. `signal` fires when the controller no longer wants it or a stronger order has come. */
export interface OrderContext {
  signal: AbortSignal;
  progress(progress: BusProgress): void;
  /**
   * Throws when the controller has given the order up. Asked before each effect that cannot be taken back, for the host
   * may have been asleep since the last.
   */
  confirm(): Promise<void>;
}

/** What an order tells a driver: the machine's id, and what else it says. */
export type Told<N extends MachineOrderName> = Omit<MachineOrderArgs<N>, 'generation'>;

/**
 * What a driver does for each order. They never overlap for one machine: `machine-orders.ts` sees to that. Each is
 * idempotent: asked for a state the machine is in already, it answers that state. A machine that is not there is
 * `not_found`, except for `destroy`, for which it is success; a `spawn` that fails leaves nothing behind.
 */
export type OrderHandlers = {
  readonly [N in MachineOrderName]: (
    told: Told<N>,
    order: OrderContext,
  ) => Promise<MachineOrderResult<N> extends MachineStatus ? MachineState : undefined>;
};

/** On a host, and no machine of it. */
export type Stray = Exclude<FoundThing, { kind: 'machine' }>;

/** The driver's share of the host's facts. */
export interface HypervisorFacts {
  version: string | null;
  accelerator: string | null;
  capabilities: string[];
  /** What of them Placement has names for. */
  traits: string[];
  preflight: PreflightCheck[];
}

/** A hypervisor, as the agent uses it. */
export interface HypervisorDriver {
  /** `qemu`, `simulated`, ... as in `HostFacts.hypervisorType`. */
  readonly type: string;
  /** Finds the machines that are on this host, running or not, and takes them into its care. */
  open(): Promise<void>;
  /** Lets go of everything; machines go on running. */
  close(): Promise<void>;
  /** Told of each change of state, asked for or not. */
  onChange(listener: (state: MachineState) => void): void;

  readonly orders: OrderHandlers;
  /** Its display name, and the ports it is plugged with when it starts the next time. */
  change(id: string, changes: Partial<Pick<MachineSpec, 'name' | 'ports'>>): Promise<void>;

  list(): MachineState[];
  status(id: string): MachineState | null;
  /** The last lines of the serial line's log; all that is kept when `lines` is null. */
  consoleLog(id: string, lines: number | null): Promise<string>;
  /** What it has used of its host so far; `conflict` while it is off. */
  diagnostics(id: string): Promise<MachineDiagnostics>;
  /** Asks its guest over its network: what is missing, or null where it is well. */
  checkGuest(id: string, check: GuestCheck): Promise<string | null>;
  /** What it is made of, and what of that waits for its next start; also while it is off. */
  hardware(id: string): Promise<MachineHardware>;
  /** Of all machines that run and answer, in one go. */
  statistics(): Promise<MachineStatistics[]>;
  /** A PNG. */
  screenshot(id: string): Promise<Buffer>;
  /** A new viewer's connection; destroying it disturbs no other viewer. For `serial` it begins with the scrollback. */
  openConsole(id: string, type: ConsoleType): Promise<Duplex>;

  /** Where its guest finds the devices that it is told of. */
  places(id: string): DevicePlace[];

  facts(): Promise<HypervisorFacts>;
  /** What the machine is, without its config drive. */
  describe(id: string): MachineSpec | null;
  readonly strays: StrayKeeper;
  /** Left out by one that cannot speak with guests. */
  readonly guestAgent?: GuestAgent;
  /** Left out by a driver whose machines have the disks they were made with and no others. */
  readonly disks?: Disks;
}

/**
 * Of a driver whose machines get and lose disks while they are there: running, paused or off. What a machine has stands in
 * its record, in the place it keeps; asked for again, both change nothing.
 */
export interface Disks {
  list(id: string): Promise<AttachedDisk[]>;
  /** `conflict` where it has to be off for that; what fails leaves nothing. */
  attach(told: { id: string; disk: DiskToAttach }, order: OrderContext): Promise<AttachedDisk>;
  /** `timeout` where the guest does not let go of it: it has the disk then as before. */
  detach(told: { id: string; key: string }, order: OrderContext): Promise<void>;
}

/** What lies among machines and images on this host and is neither a machine nor needed by one. */
export interface StrayKeeper {
  find(): Promise<Stray[]>;
  /** Removes such a thing, or the cached copies of an image; false while a machine needs it. What is not there is gone. */
  remove(kind: Stray['kind'] | 'cached-image', id: string): Promise<boolean>;
}
