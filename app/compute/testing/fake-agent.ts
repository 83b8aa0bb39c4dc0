import { EventEmitter } from 'node:events';
import type { z } from 'zod';
import { agentMethods } from '../../contract/agent.methods.ts';
import type { BusMethod } from '../../contract/bus.ts';
import type { Context } from '../../contract/context.ts';
import { controllerMethods } from '../../contract/controller.methods.ts';
import { CumuletError, fromWire, OperationalError, toWire, UserError } from '../../contract/errors.ts';
import { type GuestReport, silentGuest } from '../../contract/guest.ts';
import type { HostFacts } from '../../contract/host.ts';
import {
  type MachineSpec,
  type MachineStatus,
  machinePortSchema,
  machineSpecSchema,
  type PowerState,
} from '../../contract/machine.ts';
import type { MachineDiagnostics } from '../../contract/machine-diagnostics.ts';
import type { MachineHardware } from '../../contract/machine-hardware.ts';
import type { GuestCheck } from '../../contract/startup.ts';
import { within } from '../../contract/testing/waiting.ts';
import type { FoundThing } from '../../contract/unclaimed.ts';
import type { Bus, CallOptions, PeerChange } from '../../messaging/bus.ts';
import { systemContext } from '../../policy/authorization.ts';

type Order = { id: string; generation: number; verb: string; args: Record<string, unknown> };

/** For tests: a host in this process that keeps the agent's promises (generations, repeated answers) and no machines. */
export class FakeAgent {
  readonly host: string;
  readonly machines = new Map<string, { spec: MachineSpec; status: MachineStatus }>();
  /** What lies there beside machines, and which of it they need. */
  readonly strays: Exclude<FoundThing, { kind: 'machine' }>[] = [];
  readonly inUse = new Set<string>();
  /** Every order that was carried out, in order. */
  readonly orders: Order[] = [];
  /** What every guest tells. */
  guest: GuestReport = { ...silentGuest('silent'), answers: true, silence: null, hostName: 'inside' };
  /** Every password that was set. */
  readonly passwords: Record<string, unknown>[] = [];
  /** Takes the bytes of a snapshot. */
  onSnapshot: (imageId: string) => Promise<void> = async () => undefined;
  readonly #snapshots = new Map<string, Promise<void>>();
  /** What it can. */
  capabilities = [
    ...['disk-format:qcow2', 'disk-format:raw', 'disk-format:iso', 'firmware:bios', 'firmware:uefi'],
    ...['metadata:service', 'nics:hotplug'],
  ];
  traits = ['COMPUTE_STORAGE_BUS_VIRTIO'];
  #revision = 0;
  #frozen: (() => void) | null = null;
  readonly #outcomes = new Map<string, { generation: number; verb: string; error: unknown }>();
  readonly #failures: { verb: string; error: Error; times: number }[] = [];
  /** What machines were before they were resized, by migration. */
  readonly #before = new Map<string, MachineSpec>();
  readonly #holds = new Map<string, { arrived: () => void; released: Promise<void> }>();

  constructor(host: string) {
    this.host = host;
  }

  /** The next `times` orders of that verb fail. */
  failNext(verb: string, error: Error, times = 1): void {
    this.#failures.push({ verb, error, times });
  }

  /** The next order of that verb waits: `arrived` when it is there, until `release` is called or it is aborted. */
  hold(verb: string): { arrived: Promise<void>; release: () => void } {
    const arrived = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    this.#holds.set(verb, { arrived: arrived.resolve, released: released.promise });
    return { arrived: within(`an order to ${verb}`, arrived.promise), release: released.resolve };
  }

  /** What is missing of guests that are asked how they are; those that are not here are well. */
  readonly unwell = new Map<string, string>();
  /** Which guests were asked, and what. */
  readonly checks: { id: string; check: GuestCheck }[] = [];
  bootId = 'boot-1';

  /** Its computer goes down and comes up again: what ran is off. */
  reboot(): void {
    this.bootId = `boot-${Number(this.bootId.slice(5)) + 1}`;
    for (const { status } of this.machines.values()) {
      if (status.powerState === 'RUNNING') this.change(status.id, 'SHUTDOWN', 'host-reboot', 'The host was restarted.');
    }
  }

  /** The next question gets no answer; resolves when it is there. */
  freezeNext(): Promise<void> {
    const arrived = Promise.withResolvers<void>();
    this.#frozen = arrived.resolve;
    return arrived.promise;
  }

  facts(): HostFacts {
    return {
      hostname: this.host,
      hypervisorType: 'simulated',
      hypervisorVersion: '1.2.3',
      accelerator: 'simulated',
      cpuArch: 'x86_64',
      cpuModel: 'test',
      vcpus: 64,
      memoryMib: 262_144,
      diskGib: 4000,
      diskFreeGib: 4000,
      memoryFreeMib: 200_000,
      capabilities: [...this.capabilities],
      traits: [...this.traits],
      preflight: [],
      agentVersion: '0.1.0',
      bootId: this.bootId,
    };
  }

  /** Changes a machine unasked, as a guest or a kill would. */
  change(
    id: string,
    powerState: PowerState,
    reason: string | null = null,
    message: string | null = null,
  ): MachineStatus {
    const machine = this.machines.get(id);
    if (!machine) throw new Error(`no machine ${id}`);
    const since = new Date().toISOString();
    machine.status = { ...machine.status, powerState, reason, message, since, revision: ++this.#revision };
    return machine.status;
  }

  async serve(name: string, args: Record<string, unknown>, options: CallOptions): Promise<unknown> {
    const frozen = this.#frozen;
    if (frozen) {
      this.#frozen = null;
      frozen();
      return await new Promise(() => undefined);
    }
    if (name === agentMethods.list.name) return { machines: [...this.machines.values()].map(({ status }) => status) };
    if (name === agentMethods.consoleLog.name) return { output: `log of ${String(args.id)}, ${String(args.lines)}\n` };
    if (name === agentMethods.diagnostics.name) return DIAGNOSTICS;
    if (name === agentMethods.checkGuest.name) {
      this.checks.push(args as unknown as (typeof this.checks)[number]);
      return { reason: this.unwell.get(String(args.id)) ?? null };
    }
    if (name === agentMethods.hardware.name) return this.#hardware(String(args.id));
    if (name === agentMethods.removeLeftover.name) return { isRemoved: this.#removeStray(String(args.id)) };
    const verb = name.replace('machine.', '');
    if (verb === 'guest') return this.guest;
    if (verb === 'set_password') return this.#setPassword(args);
    if (verb === 'set_ports') {
      const machine = this.machines.get(String(args.id));
      if (machine) machine.spec = { ...machine.spec, ports: args.ports as MachineSpec['ports'] };
      return {};
    }
    if (verb === 'rename') {
      this.orders.push({ id: String(args.id), generation: 0, verb, args });
      return {};
    }
    return await this.#order({ id: String(args.id), generation: Number(args.generation), verb, args }, options);
  }

  #setPassword(args: Record<string, unknown>): object {
    if (this.guest.silence !== null)
      throw new UserError('conflict', `The password was not changed: ${this.guest.silence}`);
    this.passwords.push(args);
    return {};
  }

  #hardware(id: string): MachineHardware {
    const machine = this.machines.get(id);
    if (!machine) throw new OperationalError('not_found', 'agent', `Machine ${id} is not on this host.`);
    const { firmware, vcpus, memoryMib } = machine.spec;
    const board = { machineType: 'pc-test', firmware, accelerator: 'simulated', vcpus, memoryMib };
    return { ...board, disks: [], cards: [], devices: [], consoles: ['vnc', 'serial'] };
  }

  #removeStray(id: string): boolean {
    const index = this.strays.findIndex((stray) => stray.name === id || stray.name.startsWith(`${id}.`));
    const [stray] = this.strays.slice(index);
    if (index === -1 || !stray) return true;
    if (this.inUse.has(stray.name)) return false;
    this.strays.splice(index, 1);
    return true;
  }

  async #order(order: Order, options: CallOptions): Promise<unknown> {
    const { id, generation, verb } = order;
    const last = this.#outcomes.get(id);
    if (last && (generation < last.generation || (generation === last.generation && verb !== last.verb))) {
      throw new OperationalError('stale_generation', 'agent', `order ${generation} after ${last.generation}`);
    }
    if (last?.generation === generation) {
      if (last.error) throw last.error;
      return verb === 'destroy' ? {} : this.machines.get(id)?.status;
    }
    try {
      await this.#pause(verb, options.signal);
      const failure = this.#failures.find((candidate) => candidate.verb === verb && candidate.times > 0);
      if (failure) {
        failure.times -= 1;
        throw failure.error;
      }
      if (verb === 'snapshot') {
        // Given again while it goes on, it is the same one.
        const image = String(order.args.image);
        const running = this.#snapshots.get(image) ?? this.#snapshot(image, options);
        this.#snapshots.set(image, running);
        await running.finally(() => this.#snapshots.delete(image));
      }
      const answer = this.#carryOut(order, options);
      this.#outcomes.set(id, { generation, verb, error: null });
      return answer;
    } catch (error) {
      this.#outcomes.set(id, { generation, verb, error });
      throw error;
    }
  }

  async #pause(verb: string, signal: AbortSignal | undefined): Promise<void> {
    const hold = this.#holds.get(verb);
    if (!hold) return;
    this.#holds.delete(verb);
    hold.arrived();
    const aborted = new Promise<never>((_, reject) => {
      const fail = () => reject(new OperationalError('aborted', 'agent', 'The order was aborted.'));
      if (signal?.aborted) fail();
      signal?.addEventListener('abort', fail, { once: true });
    });
    await Promise.race([hold.released, aborted]);
  }

  async #snapshot(imageId: string, options: CallOptions): Promise<void> {
    options.onProgress?.({ stage: 'snapshot', done: 1, total: 1, unit: 'bytes' });
    await this.#pause('copied', options.signal);
    options.onProgress?.({ stage: 'upload', done: 0, total: 1, unit: 'bytes' });
    await this.#pause('upload', options.signal);
    await this.onSnapshot(imageId);
  }

  #carryOut(order: Order, options: CallOptions): unknown {
    const { id, generation, verb } = order;
    this.orders.push(order);
    if (verb === 'destroy') {
      this.machines.delete(id);
      return {};
    }
    if (verb === 'spawn') {
      options.onProgress?.({ stage: 'image', done: 1, total: 1, unit: 'bytes' });
      const status: MachineStatus = {
        id,
        generation,
        powerState: 'RUNNING',
        reason: null,
        message: null,
        since: new Date().toISOString(),
        revision: ++this.#revision,
        forwards: [],
      };
      const spec = order.args.spec as MachineSpec;
      status.nics = spec.ports.map(({ id: port }, index) => ({ port, address: addressOf(index), pending: null }));
      this.machines.set(id, { spec, status });
      return status;
    }
    const machine = this.machines.get(id);
    if (!machine) throw new OperationalError('not_found', 'agent', `Machine ${id} is not on this host.`);
    if (verb === 'rebuild') machine.spec = order.args.spec as MachineSpec;
    if (verb === 'plug_nic' || verb === 'unplug_nic') this.#moveCard(machine, order.args);
    const { powerState } = machine.status;
    if (verb === 'resize') {
      this.#before.set(String(order.args.migration), machine.spec);
      machine.spec = machineSpecSchema.parse({ ...machine.spec, ...order.args, id });
    }
    const before = verb === 'revert_resize' ? this.#before.get(String(order.args.migration)) : undefined;
    if (before) machine.spec = before;
    const isSame = LEAVES.includes(verb) || (verb === 'revert_resize' && !before);
    machine.status = {
      ...machine.status,
      generation,
      revision: ++this.#revision,
      powerState: isSame ? powerState : (AFTER[verb] ?? 'RUNNING'),
      reason: null,
      message: null,
    };
    return machine.status;
  }

  /** A board of the type q35 takes and gives cards only when it starts. */
  #moveCard(machine: { spec: MachineSpec; status: MachineStatus }, { port }: Record<string, unknown>): void {
    const { spec, status } = machine;
    const { nics = [] } = status;
    const waits = status.powerState === 'RUNNING' && spec.hardware.hw_machine_type === 'q35';
    const card = machinePortSchema.safeParse(port).data;
    const id = card?.id ?? port;
    const ports = spec.ports.filter((each) => each.id !== id);
    machine.spec = { ...spec, ports: card ? [...ports, card] : ports };
    const others = nics.filter((nic) => nic.port !== id);
    const left = waits ? nics.flatMap((nic) => (nic.port === id ? [{ ...nic, pending: 'unplug' as const }] : [])) : [];
    const next = { port: String(id), address: addressOf(nics.length), pending: waits ? ('plug' as const) : null };
    status.nics = [...others, ...(card ? [next] : left)];
  }
}

function addressOf(index: number): string {
  return `0000:00:0${5 + index}.0`;
}

/** Each number another, so that none can be taken for another unseen. */
const DIAGNOSTICS: MachineDiagnostics = {
  cpus: [{ nanoseconds: 1_000_000_001 }, { nanoseconds: null }],
  memory: { maximumMib: 512, usedMib: 256 },
  disks: [{ name: 'root', readBytes: 10, reads: 11, writtenBytes: 12, writes: 13, failures: 14 }],
  nics: [
    {
      mac: 'fa:16:3e:00:00:01',
      traffic: {
        in: { bytes: 20, packets: 21, errors: 22, drops: 23 },
        out: { bytes: 24, packets: 25, errors: 26, drops: 27 },
      },
    },
    { mac: 'fa:16:3e:00:00:02', traffic: null },
  ],
};

/** Orders that leave the machine in the state it has. */
const LEAVES = ['trigger_crash_dump', 'snapshot', 'confirm_resize', 'plug_nic', 'unplug_nic'];
const AFTER: Record<string, PowerState> = {
  ...{ stop: 'SHUTDOWN', rebuild: 'SHUTDOWN', resize: 'SHUTDOWN', revert_resize: 'SHUTDOWN' },
  ...{ pause: 'PAUSED', suspend: 'SUSPENDED' },
};

/** For tests: the bus without a wire. What crosses it is made JSON and back, errors too, as on a real one. */
export class FakeBus implements Bus {
  readonly #agents = new Map<string, FakeAgent>();
  readonly #handlers = new Map<string, (args: unknown, context: Context) => Promise<unknown>>();
  readonly #emitter = new EventEmitter();
  #lost = new Map<string, (error: Error) => void>();

  async connect(agent: FakeAgent): Promise<string[]> {
    this.#agents.set(agent.host, agent);
    this.#emitter.emit('peer', { host: agent.host, state: 'up' });
    return await this.report(agent);
  }

  disconnect(agent: FakeAgent): void {
    this.#agents.delete(agent.host);
    this.#emitter.emit('peer', { host: agent.host, state: 'down' });
    for (const [, fail] of this.#lost) fail(unavailable(agent.host));
  }

  async report(agent: FakeAgent): Promise<string[]> {
    const machines = [...agent.machines.values()].map(({ status }) => status);
    const report = { host: agent.host, facts: agent.facts(), machines };
    const answer = await this.#deliver(controllerMethods.hostReport, report);
    const { unknownMachines } = controllerMethods.hostReport.result.parse(answer);
    const unknown = [...agent.machines.values()].filter(({ status }) => unknownMachines.includes(status.id));
    await this.tellFound(agent, [
      ...unknown.map(({ spec, status }) => ({ kind: 'machine' as const, spec, status })),
      ...agent.strays,
    ]);
    return unknownMachines;
  }

  /** The second half of a report. */
  async tellFound(agent: FakeAgent, found: FoundThing[]): Promise<void> {
    await this.#deliver(controllerMethods.hostUnclaimed, { host: agent.host, found });
  }

  async tell(agent: FakeAgent, machine: MachineStatus): Promise<void> {
    await this.#deliver(controllerMethods.machineChanged, { host: agent.host, machine });
  }

  async call<A extends z.ZodType, R extends z.ZodType>(
    topic: string,
    method: BusMethod<A, R>,
    args: z.input<A>,
    _context: Context,
    options: CallOptions = {},
  ): Promise<z.output<R>> {
    const agent = await this.#peer(topic.replace('agent.', ''), options);
    const sent = JSON.parse(JSON.stringify(method.args.parse(args)));
    const id = `${topic}-${Math.random()}`;
    const lost = new Promise<never>((_, reject) => this.#lost.set(id, reject));
    try {
      return method.result.parse(await Promise.race([agent.serve(method.name, sent, options), lost]));
    } catch (error) {
      throw error instanceof CumuletError ? fromWire(JSON.parse(JSON.stringify(toWire(error)))) : error;
    } finally {
      this.#lost.delete(id);
    }
  }

  cast<A extends z.ZodType, R extends z.ZodType>(topic: string, method: BusMethod<A, R>, args: z.input<A>): void {
    const agent = this.#agents.get(topic.replace('agent.', ''));
    void agent?.serve(method.name, JSON.parse(JSON.stringify(args)), {});
  }

  fanout(): void {}

  handle<A extends z.ZodType, R extends z.ZodType>(
    method: BusMethod<A, R>,
    handler: (args: z.output<A>, context: Context) => Promise<z.input<R>>,
  ): void {
    this.#handlers.set(method.name, (args, context) => handler(method.args.parse(args) as z.output<A>, context));
  }

  onPeerChange(listener: (change: PeerChange) => void): void {
    this.#emitter.on('peer', listener);
  }

  close(): void {
    this.#agents.clear();
    for (const [, fail] of this.#lost) fail(unavailable('any'));
    this.#emitter.emit('closed');
  }

  async #deliver(method: { name: string }, args: unknown): Promise<unknown> {
    return await this.#handlers.get(method.name)?.(JSON.parse(JSON.stringify(args)), systemContext());
  }

  async #peer(host: string, options: CallOptions): Promise<FakeAgent> {
    const present = this.#agents.get(host);
    if (present) return present;
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => settle(unavailable(host)), options.waitForPeer ?? 30_000);
      const settle = (error?: unknown) => {
        const agent = this.#agents.get(host);
        if (!agent && error === undefined) return;
        clearTimeout(timer);
        this.#emitter.off('peer', look);
        this.#emitter.off('closed', end);
        options.signal?.removeEventListener('abort', abort);
        if (agent) resolve(agent);
        else reject(error);
      };
      const look = () => settle();
      const end = () => settle(unavailable(host));
      const abort = () => settle(options.signal?.reason ?? unavailable(host));
      this.#emitter.on('peer', look);
      this.#emitter.on('closed', end);
      options.signal?.addEventListener('abort', abort);
    });
  }
}

function unavailable(host: string): OperationalError {
  return new OperationalError('unavailable', 'controller', `Host ${host} is not connected.`);
}
