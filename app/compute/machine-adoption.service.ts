import { z } from 'zod';
import { agentMethods } from '../contract/agent.methods.ts';
import type { Context } from '../contract/context.ts';
import { UnexpectedError, UserError } from '../contract/errors.ts';
import type { MachineSpec, MachineStatus } from '../contract/machine.ts';
import type { Adopted } from '../contract/unclaimed.ts';
import type { Transaction } from '../database/database.ts';
import type { QuotaService } from '../quota/quota.service.ts';
import { step, type TaskDefinition, type TaskRun } from '../tasks/task.definition.ts';
import type { UnclaimedThing } from '../unclaimed/unclaimed.register.ts';
import { devicesOf } from './block-devices.ts';
import { type FlavorService, flavorsFor } from './flavor.service.ts';
import { claimedGib } from './machine-spec.ts';
import { changesFrom } from './server.journal.ts';
import type { ServerRecord } from './server.tables.ts';
import type { EmbeddedFlavor } from './server.values.ts';
import { hostnameFrom } from './server-name.ts';
import type { ServerTaskParts } from './server-task.parts.ts';

export type MachineAdoptionParts = ServerTaskParts & { quota: QuotaService; flavors: FlavorService };

const argsSchema = z.object({ serverId: z.string(), hostId: z.string() });
type AdoptArgs = z.infer<typeof argsSchema>;

/**
 * Tells the host the ports as they are now, by which the machine is plugged at its next start: `server.adopt`, of a server
 * that is its project's before that, so that nothing of it waits; `server.ports`, of one whose addresses are others.
 */
export function serverPorts(
  { networks, orders }: ServerTaskParts,
  kind: 'server.adopt' | 'server.ports',
): TaskDefinition<AdoptArgs> {
  return {
    kind,
    args: argsSchema,
    cancellable: true,
    steps: [
      step({
        name: 'ports',
        run: async (task: TaskRun<AdoptArgs>) => {
          const { args, context } = task;
          const ports = await networks.machinePorts(args.serverId);
          const order = { id: args.serverId, ports };
          return await orders.give(args.hostId, agentMethods.setPorts, order, context, { task, patience: 'forever' });
        },
      }),
    ],
  };
}

/** Makes a server of a machine that a host has and nobody knows: as it is, with its MAC addresses. */
export class MachineAdoptionService {
  readonly #parts: MachineAdoptionParts;

  constructor(parts: MachineAdoptionParts) {
    this.#parts = parts;
  }

  async adopt(
    context: Context,
    thing: UnclaimedThing,
    projectId: string,
  ): Promise<(trx: Transaction, now: UnclaimedThing) => Promise<Adopted>> {
    const { machine } = thing;
    if (!machine) throw new UnexpectedError('an unclaimed machine without its specification');
    const { spec } = machine;
    const flavor = await this.#flavorOf(context, spec);
    return async (trx, now) => {
      const { status } = now.machine ?? machine;
      const { quota, servers, claims, networks, tasks, actions, journal } = this.#parts;
      const before = await servers.findAny(spec.id, trx);
      if (before && before.deletedAt === null) throw alreadyThere(before, claims.nameOf(before.hostId ?? ''));
      const wanted = { instances: 1, cores: spec.vcpus, ram: spec.memoryMib };
      await quota.check(trx, { projectId, userId: context.userId }, wanted);
      // Deleted long ago, by a database that its host knows better than.
      if (before) await servers.forget(trx, before.id);
      const server = serverOf(context, { host: thing.host, spec, status, flavor, projectId });
      await servers.insert(trx, server);
      await claims.place(trx, thing.host, {
        serverId: server.id,
        vcpus: spec.vcpus,
        memoryMib: spec.memoryMib,
        diskGib: server.diskGib,
      });
      const addresses = await networks.adoptPorts(trx, context, { serverId: server.id, projectId, ports: spec.ports });
      await networks.bindPorts(trx, server.id, thing.host, 'ACTIVE');
      await tasks.enqueue(trx, context, {
        kind: 'server.adopt',
        subject: { type: 'server', id: server.id, name: server.name },
        projectId,
        args: { serverId: server.id, hostId: thing.host },
      });
      await actions.begin(trx, { ...context, projectId }, server.id, 'adopt');
      await actions.finish(trx, context.requestId, server.id, null);
      await journal.record(trx, context, server, 'create.end', { reason: 'adopted', host: thing.host });
      return { resource: { type: 'server', id: server.id, name: server.name }, addresses };
    };
  }

  /** One of those there are with the same sizes; else what the machine is, under a name that says so. */
  async #flavorOf(context: Context, spec: MachineSpec): Promise<EmbeddedFlavor> {
    const sizes = {
      vcpus: spec.vcpus,
      ram: spec.memoryMib,
      disk: spec.rootDiskGib,
      ephemeral: Math.ceil(mibOf(spec, 'ephemeral') / 1024),
      swap: mibOf(spec, 'swap'),
    };
    const names = Object.keys(sizes) as (keyof typeof sizes)[];
    const flavors = await this.#parts.flavors.records.list(flavorsFor(context));
    const same = flavors.filter((flavor) => names.every((name) => flavor[name] === sizes[name]));
    const found = same.find(({ isPublic, isDisabled }) => isPublic && !isDisabled) ?? same[0];
    if (found) return { id: found.id, name: found.name, ...sizes, extra_specs: found.extraSpecs };
    const name = `adopted-${sizes.vcpus}vcpu-${sizes.ram}mib-${sizes.disk}gib`;
    return { id: name, name, ...sizes, extra_specs: {} };
  }
}

function mibOf({ disks }: MachineSpec, role: 'ephemeral' | 'swap'): number {
  return disks.reduce((sum, disk) => sum + (disk.role === role ? disk.sizeMib : 0), 0);
}

interface Ingredients {
  host: string;
  spec: MachineSpec;
  status: MachineStatus;
  flavor: EmbeddedFlavor;
  projectId: string;
}

function serverOf(context: Context, { host, spec, status, flavor, projectId }: Ingredients): ServerRecord {
  const now = new Date().toISOString();
  const { vmState = 'stopped', powerState, forwards, nics } = changesFrom(status);
  return {
    id: spec.id,
    name: spec.name,
    description: null,
    projectId,
    userId: context.userId ?? '',
    vmState,
    taskState: null,
    powerState: powerState ?? status.powerState,
    stateRevision: status.revision,
    hostId: host,
    generation: status.generation,
    flavor,
    vcpus: flavor.vcpus,
    memoryMib: flavor.ram,
    diskGib: claimedGib(flavor, spec.image?.virtualSize ?? 0),
    imageId: spec.image?.id ?? null,
    imageProperties: spec.hardware,
    rescueImageId: null,
    keyName: null,
    publicKey: null,
    userData: null,
    adminPass: null,
    configDrive: spec.configDrive !== null,
    launchIndex: 0,
    reservationId: `r-${spec.id.slice(0, 8)}`,
    guestPassword: '',
    hostname: hostnameFrom(spec.name, spec.id),
    blockDevices: devicesOf(spec, flavor),
    injectedFiles: [],
    metadata: {},
    tags: [],
    lockedBy: null,
    lockedReason: null,
    fault: status.message === null ? null : { code: 500, message: status.message, created: status.since },
    forwards: forwards ?? [],
    nics: nics ?? [],
    availabilityZone: '',
    beside: { sameHost: [], differentHost: [] },
    groupId: null,
    diskConfig: 'MANUAL',
    accessIpv4: '',
    accessIpv6: '',
    requestedNetworks: null,
    createdAt: now,
    updatedAt: now,
    launchedAt: now,
    terminatedAt: null,
    softDeletedAt: null,
    shelvedAt: null,
    shelvedImageId: null,
    interruptedGeneration: null,
    deletedAt: null,
  };
}

function alreadyThere(server: ServerRecord, hostName: string): UserError {
  return new UserError('conflict', `Instance ${server.id} is there already, as ${server.name} on host ${hostName}.`, {
    hint: 'The same machine lies on two hosts, as after a copy. Look which of the two is the right one.',
  });
}
