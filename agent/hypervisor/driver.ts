import type { Duplex } from 'node:stream';
import type { BusProgress } from '../../app/contract/bus.ts';
import type { PreflightCheck } from '../../app/contract/host.ts';
import type { MachineSpec, MachineStatus } from '../../app/contract/machine.ts';
import type { FoundThing } from '../../app/contract/unclaimed.ts';

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

export interface StopOptions {
  graceful: boolean;
  timeoutSeconds: number;
  force: boolean;
}

export interface RebootOptions {
  type: 'soft' | 'hard';
  timeoutSeconds: number;
}

/** On a host, and no machine of it. */
export type Stray = Exclude<FoundThing, { kind: 'machine' }>;

export type ConsoleType = 'vnc' | 'serial';

/** The driver's share of the host's facts. */
export interface HypervisorFacts {
  version: string | null;
  accelerator: string | null;
  capabilities: string[];
  preflight: PreflightCheck[];
}

/**
 * A hypervisor, as the agent uses it. Orders for one machine never overlap: `machine-orders.ts` sees to that. Every
 * order is idempotent: asked for a state the machine is in already, it answers that state. A machine that is not
 * there is `not_found`, except for `destroy`, for which it is success.
 */
export interface HypervisorDriver {
  /** `qemu`, `simulated`, ... as in `HostFacts.hypervisorType`. */
  readonly type: string;
  /** Finds the machines that are on this host, running or not, and takes them into its care. */
  open(): Promise<void>;
  /** Lets go of everything; machines go on running. */
  close(): Promise<void>;
  /** Told of each change of state, asked for or not. */
  onChange(listener: (state: MachineState) => void): void;

  /** A failed spawn leaves nothing behind. */
  spawn(spec: MachineSpec, order: OrderContext): Promise<MachineState>;
  destroy(id: string, order: OrderContext): Promise<void>;
  start(id: string, order: OrderContext): Promise<MachineState>;
  stop(id: string, options: StopOptions, order: OrderContext): Promise<MachineState>;
  reboot(id: string, options: RebootOptions, order: OrderContext): Promise<MachineState>;
  pause(id: string, order: OrderContext): Promise<MachineState>;
  unpause(id: string, order: OrderContext): Promise<MachineState>;
  suspend(id: string, order: OrderContext): Promise<MachineState>;
  resume(id: string, order: OrderContext): Promise<MachineState>;
  /** Its display name, and the ports it is plugged with when it starts the next time. */
  change(id: string, changes: Partial<Pick<MachineSpec, 'name' | 'ports'>>): Promise<void>;

  list(): MachineState[];
  status(id: string): MachineState | null;
  /** The last lines of the serial line's log; all that is kept when `lines` is null. */
  consoleLog(id: string, lines: number | null): Promise<string>;
  /** A PNG. */
  screenshot(id: string): Promise<Buffer>;
  /** A new viewer's connection; destroying it disturbs no other viewer. For `serial` it begins with the scrollback. */
  openConsole(id: string, type: ConsoleType): Promise<Duplex>;

  facts(): Promise<HypervisorFacts>;
  /** What the machine is, without its config drive. */
  describe(id: string): MachineSpec | null;
  readonly strays: StrayKeeper;
}

/** What lies among machines and images on this host and is neither a machine nor needed by one. */
export interface StrayKeeper {
  find(): Promise<Stray[]>;
  /** Removes such a thing, or the cached copies of an image; false while a machine needs it. What is not there is gone. */
  remove(kind: Stray['kind'] | 'cached-image', id: string): Promise<boolean>;
}
