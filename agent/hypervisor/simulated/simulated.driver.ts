import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { ConsoleType } from '../../../app/contract/console.ts';
import { OperationalError, UserError } from '../../../app/contract/errors.ts';
import type { MachineSpec } from '../../../app/contract/machine.ts';
import type { MachineOrderName } from '../../../app/contract/machine-orders.ts';
import { lastLines } from '../../console/growing-log.ts';
import { isStored } from '../../image/image-upload.ts';
import type { DevicePlace } from '../devices/device-address.ts';
import type {
  HostSize,
  HypervisorDriver,
  HypervisorFacts,
  MachineState,
  OrderContext,
  OrderHandlers,
  StrayKeeper,
  Told,
} from '../driver.ts';
import { nextRevision } from '../next-revision.ts';
import { sendBlankDisk } from './blank-qcow2.ts';
import { idleDiagnostics, idleStatistics } from './simulated-diagnostics.ts';
import { type DiskOwner, simulatedDisks } from './simulated-disks.ts';
import { simulatedGuestAgent } from './simulated-guest-agent.ts';
import { simulatedHardware } from './simulated-hardware.ts';
import { BIG_HOST, inWrongState, notStarted, SIMULATED_FACTS, withoutSecrets } from './simulated-host.ts';
import { nicOrders, releasedNics, startingNics } from './simulated-nics.ts';
import type { SimulatedFailure, SimulatedOptions } from './simulated-options.ts';
import { type ResizableMachine, resizeOrders } from './simulated-resize.ts';
import { drawScreen } from './simulated-screen.ts';
import { SimulatedSerialLine } from './simulated-serial-line.ts';
import { SimulatedVncServer } from './simulated-vnc-server.ts';

interface SimulatedMachine extends ResizableMachine {
  isRescued: boolean;
  attached: DiskOwner['attached'];
  serial: SimulatedSerialLine;
}

/** Machines that exist in memory only, a few kilobytes each: for scale, for work on the dashboard, and for tests. */
export class SimulatedDriver implements HypervisorDriver {
  readonly type = 'simulated';
  readonly strays: StrayKeeper = { find: async () => [], remove: async () => true };
  readonly guestAgent = simulatedGuestAgent((id) => this.find(id));
  private readonly options: SimulatedOptions;
  private readonly machines = new Map<string, SimulatedMachine>();
  private readonly listeners: ((state: MachineState) => void)[] = [];
  private readonly failed = new Map<SimulatedFailure, number>();

  constructor(options: SimulatedOptions) {
    this.options = options;
  }

  readonly orders: OrderHandlers = {
    spawn: ({ spec }, order) => this.#spawn(spec, order),
    destroy: ({ id }, order) => this.#destroy(id, order),
    rebuild: (told, order) => this.#rebuild(told, order),
    snapshot: (told, order) => this.#snapshot(told, order),
    rescue: (told, order) => this.#rescue(told, order),
    unrescue: ({ id }, order) => this.#start('unrescue', id, order),
    ...resizeOrders({
      find: (id) => this.find(id),
      perform: (verb, name, order) => this.perform(verb, name, order),
      shutDown: (id, timeoutSeconds, order) => this.#stop(id, { graceful: true, timeoutSeconds, force: true }, order),
      enter: (machine, powerState) => this.enter(machine as SimulatedMachine, powerState),
    }),
    ...nicOrders({
      find: (id) => this.find(id),
      perform: (verb, name, order) => this.perform(verb, name, order),
      tell: (machine, nics) => this.report(machine as SimulatedMachine, { nics }),
    }),
    start: ({ id }, order) => this.#start('start', id, order),
    stop: ({ id, ...how }, order) => this.#stop(id, how, order),
    reboot: ({ id }, order) => this.#reboot(id, order),
    pause: ({ id }, order) => this.move(id, 'pause', 'paused', ['RUNNING'], 'PAUSED', order),
    unpause: ({ id }, order) => this.move(id, 'unpause', 'unpaused', ['PAUSED'], 'RUNNING', order),
    suspend: ({ id }, order) => this.move(id, 'suspend', 'suspended', ['RUNNING', 'PAUSED'], 'SUSPENDED', order),
    resume: ({ id }, order) => this.move(id, 'resume', 'resumed', ['SUSPENDED'], 'RUNNING', order),
    triggerCrashDump: ({ id }, order) => this.#interrupt(id, order),
  };

  readonly disks = simulatedDisks((id) => this.find(id));

  async open(): Promise<void> {}

  async close(): Promise<void> {
    for (const { serial } of this.machines.values()) serial.close();
    this.machines.clear();
  }

  onChange(listener: (state: MachineState) => void): void {
    this.listeners.push(listener);
  }

  hostSize(): HostSize {
    return { ...BIG_HOST, ...this.options.host };
  }

  async #spawn(spec: MachineSpec, order: OrderContext): Promise<MachineState> {
    const existing = this.machines.get(spec.id);
    if (existing !== undefined) return this.#start('start', spec.id, order);
    const total = spec.image?.size ?? 0;
    order.progress({ stage: 'image', done: 0, total, unit: 'bytes' });
    await this.perform('spawn', spec.name, order);
    order.progress({ stage: 'image', done: total, total, unit: 'bytes' });
    for (const stage of ['disk', 'config-drive', 'network', 'start']) {
      order.progress({ stage, done: 0, total: 1, unit: 'items' });
    }
    const machine = {
      spec: withoutSecrets(spec),
      ...{ isRescued: false, attached: new Map() },
      state: notStarted(spec.id),
      serial: new SimulatedSerialLine(spec.id),
    };
    this.machines.set(spec.id, machine);
    return this.boot(machine);
  }

  async #destroy(id: string, order: OrderContext): Promise<undefined> {
    const machine = this.machines.get(id);
    if (machine === undefined) return;
    await this.perform('destroy', machine.spec.name, order);
    machine.serial.close();
    this.machines.delete(id);
  }

  async #rebuild({ id, spec }: Told<'rebuild'>, order: OrderContext): Promise<MachineState> {
    const machine = this.find(id);
    await this.perform('rebuild', spec.name, order);
    machine.spec = withoutSecrets(spec);
    return this.enter(machine, 'SHUTDOWN');
  }

  async #snapshot({ id, image }: Told<'snapshot'>, order: OrderContext): Promise<MachineState> {
    const machine = this.find(id);
    const { imageTarget: target } = this.options;
    if (target === undefined || (await isStored(target, image, order.signal))) return machine.state;
    await this.perform('snapshot', machine.spec.name, order);
    await sendBlankDisk(target, image, machine.spec, order);
    return machine.state;
  }

  async #rescue({ id }: Told<'rescue'>, order: OrderContext): Promise<MachineState> {
    const machine = this.find(id);
    await this.perform('rescue', machine.spec.name, order);
    machine.isRescued = true;
    return this.boot(machine);
  }

  /** From its own disks, also where it was rescued. */
  async #start(verb: 'start' | 'unrescue', id: string, order: OrderContext): Promise<MachineState> {
    const machine = this.find(id);
    const { isRescued, state } = machine;
    if (!isRescued && state.powerState === 'RUNNING') return state;
    if (!isRescued && ['PAUSED', 'SUSPENDED'].includes(state.powerState)) throw inWrongState(machine, 'started');
    await this.perform(verb, machine.spec.name, order);
    machine.isRescued = false;
    return this.boot(machine);
  }

  async #stop(id: string, options: Omit<Told<'stop'>, 'id'>, order: OrderContext): Promise<MachineState> {
    const machine = this.find(id);
    const { powerState } = machine.state;
    if (powerState === 'SHUTDOWN' || powerState === 'CRASHED' || powerState === 'NOSTATE') return machine.state;
    await this.perform('stop', machine.spec.name, order);
    const ignored = this.options.ignoresPowerButton;
    if (options.graceful && ignored !== undefined && machine.spec.name.includes(ignored)) {
      await delay(options.timeoutSeconds * 1000, undefined, { signal: order.signal });
      if (!options.force) {
        throw new OperationalError('timeout', 'hypervisor', 'The guest did not shut down in time.', {
          hint: 'Wait, shut it down from inside, or force it off.',
        });
      }
    }
    return this.enter(machine, 'SHUTDOWN');
  }

  async #reboot(id: string, order: OrderContext): Promise<MachineState> {
    const machine = this.find(id);
    if (machine.state.powerState === 'SUSPENDED') throw inWrongState(machine, 'rebooted');
    await this.perform('reboot', machine.spec.name, order);
    return this.boot(machine);
  }

  async #interrupt(id: string, order: OrderContext): Promise<MachineState> {
    const machine = this.findOn(id, 'interrupted');
    await this.perform('triggerCrashDump', machine.spec.name, order);
    machine.serial.print('\r\nNMI received\r\n');
    return machine.state;
  }

  async change(id: string, changes: Partial<Pick<MachineSpec, 'name' | 'ports'>>): Promise<void> {
    const machine = this.find(id);
    machine.spec = { ...machine.spec, ...changes };
  }

  list(): MachineState[] {
    return [...this.machines.values()].map(({ state }) => state);
  }

  readonly status = (id: string): MachineState | null => this.machines.get(id)?.state ?? null;

  readonly consoleLog = async (id: string, lines: number | null) => lastLines(this.find(id).serial.kept(), lines);
  /** Its guests are well while they run. */
  readonly checkGuest = async (id: string) => (this.find(id).state.powerState === 'RUNNING' ? null : 'It is off.');
  readonly facts = async (): Promise<HypervisorFacts> => SIMULATED_FACTS;
  readonly places = (): DevicePlace[] => [];
  readonly diagnostics = async (id: string) => idleDiagnostics(this.findOn(id, 'measured').spec);
  readonly screenshot = async (id: string) => drawScreen(this.findOn(id, 'shown').state.id);
  readonly hardware = async (id: string) => simulatedHardware(this.find(id));
  readonly statistics = async () => idleStatistics(this.list());

  async openConsole(id: string, type: ConsoleType): Promise<Duplex> {
    const machine = this.find(id);
    if (type === 'serial') return machine.serial.openViewer();
    this.findOn(id, 'shown');
    if (type === 'spice') throw new UserError('conflict', 'A simulated machine has no SPICE.');
    return new SimulatedVncServer(id);
  }

  describe(id: string): MachineSpec | null {
    return this.machines.get(id)?.spec ?? null;
  }

  /** What a guest or its host may do by itself, for tests and demonstrations. */
  happen(id: string, change: Pick<MachineState, 'powerState' | 'reason' | 'message'>): void {
    this.report(this.find(id), change);
  }

  private async move(
    id: string,
    verb: MachineOrderName,
    participle: string,
    from: MachineState['powerState'][],
    to: MachineState['powerState'],
    order: OrderContext,
  ): Promise<MachineState> {
    const machine = this.find(id);
    if (machine.state.powerState === to) return machine.state;
    if (!from.includes(machine.state.powerState)) throw inWrongState(machine, participle);
    await this.perform(verb, machine.spec.name, order);
    return this.enter(machine, to);
  }

  private boot(machine: SimulatedMachine): MachineState {
    machine.serial.greet(machine.spec.name);
    machine.state = { ...machine.state, nics: startingNics(machine) };
    return this.enter(machine, 'RUNNING');
  }

  private enter(machine: SimulatedMachine, powerState: MachineState['powerState']): MachineState {
    return this.report(machine, { powerState, reason: null, message: null });
  }

  private report(
    machine: SimulatedMachine,
    change: Partial<Pick<MachineState, 'powerState' | 'reason' | 'message' | 'nics'>>,
  ): MachineState {
    const { revision: before, since: entered } = machine.state;
    const since = change.powerState === undefined ? entered : new Date().toISOString();
    machine.state = { ...machine.state, ...change, since, revision: nextRevision(before) };
    const { powerState } = machine.state;
    if (powerState === 'RUNNING') machine.state.nics = releasedNics(machine);
    else if (powerState === 'SHUTDOWN' || powerState === 'CRASHED') machine.state.nics = startingNics(machine);
    for (const listener of this.listeners) listener(machine.state);
    return machine.state;
  }

  private async perform(verb: MachineOrderName, name: string, order: OrderContext): Promise<void> {
    const milliseconds = this.options.delays?.[verb] ?? 0;
    if (milliseconds > 0) await delay(milliseconds, undefined, { signal: order.signal });
    order.signal.throwIfAborted();
    const failure = this.options.failures?.find(
      (candidate) => candidate.verb === verb && name.includes(candidate.nameIncludes ?? ''),
    );
    if (failure === undefined) return;
    const count = this.failed.get(failure) ?? 0;
    if (failure.times !== undefined && count >= failure.times) return;
    this.failed.set(failure, count + 1);
    const message = failure.message ?? `The simulated hypervisor was told to fail ${verb}.`;
    throw new OperationalError(failure.code ?? 'hypervisor_failed', 'hypervisor', message);
  }

  private find(id: string): SimulatedMachine {
    const machine = this.machines.get(id);
    if (machine !== undefined) return machine;
    throw new OperationalError('not_found', 'agent', `Machine ${id} is not on this host.`);
  }

  private findOn(id: string, verb: string): SimulatedMachine {
    const machine = this.find(id);
    const { powerState } = machine.state;
    if (powerState !== 'RUNNING' && powerState !== 'PAUSED') throw inWrongState(machine, verb);
    return machine;
  }
}
