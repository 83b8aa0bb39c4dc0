import { z } from 'zod';
import { agentMethods } from '../contract/agent.methods.ts';
import { UserError } from '../contract/errors.ts';
import type { MachineDiagnostics } from '../contract/machine-diagnostics.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import type { HostClaims } from './collaborators.ts';
import type { HostOrders } from './host-orders.ts';
import { serverIdOf } from './server.routes.ts';
import type { ServerService } from './server.service.ts';
import { invalidState } from './server.state.ts';
import type { ServerRecord } from './server.tables.ts';

const KIB_OF_MIB = 1024;

const number = z.number().nullable();
const nicAnswer = z.object({
  mac_address: z.string(),
  ...{ rx_octets: number, rx_packets: number, rx_errors: number, rx_drop: number, rx_rate: number },
  ...{ tx_octets: number, tx_packets: number, tx_errors: number, tx_drop: number, tx_rate: number },
});
/** From 2.48 on, the same of every hypervisor. */
const diagnosticsAnswer = z
  .object({
    state: z.enum(['pending', 'running', 'paused', 'shutdown', 'crashed', 'suspended']),
    driver: z.string(),
    hypervisor: z.string().nullable(),
    hypervisor_os: z.string().nullable(),
    uptime: number,
    config_drive: z.boolean(),
    num_cpus: z.number(),
    num_nics: z.number(),
    num_disks: z.number(),
    cpu_details: z.array(z.object({ id: number, time: number, utilisation: number })),
    memory_details: z.object({ maximum: number, used: number }),
    disk_details: z.array(
      z.object({
        ...{ read_bytes: number, read_requests: number, write_bytes: number, write_requests: number },
        errors_count: number,
      }),
    ),
    nic_details: z.array(nicAnswer),
  })
  .meta({ title: 'ServerDiagnostics' });
type Diagnostics = z.infer<typeof diagnosticsAnswer>;
const plainAnswer = z.record(z.string(), z.number());

const NOTHING = { bytes: null, packets: null, errors: null, drops: null };
const NOT_COUNTED = { in: NOTHING, out: NOTHING };

/** `/servers/{id}/diagnostics`: what a machine has used, as its host counts it. */
export function serverDiagnosticsRoutes(parts: {
  server: ServerService;
  orders: HostOrders;
  claims: Pick<HostClaims, 'showHost'>;
}): RouteDefinition[] {
  return [
    route({
      method: 'GET',
      path: '/servers/:serverId/diagnostics',
      rule: 'os_compute_api:os-server-diagnostics',
      answer: (version) => (version >= 48 ? diagnosticsAnswer : plainAnswer) as z.ZodType<unknown>,
      handler: async (request) => {
        const { context, version } = request;
        const server = await parts.server.get(context, serverIdOf(request));
        const { id, hostId, powerState } = server;
        if (hostId === null) throw new UserError('conflict', `Instance ${id} is not ready`);
        if (powerState !== 'RUNNING')
          throw invalidState(id, 'get_diagnostics', 'power state', powerState.toLowerCase());
        const measured = await parts.orders.ask(hostId, agentMethods.diagnostics, { id }, context);
        if (version < 48) return plainView(measured);
        const { facts } = await parts.claims.showHost(hostId);
        const hypervisor = facts?.accelerator === 'kvm' ? 'kvm' : (facts?.hypervisorType ?? null);
        return { ...wholeView(server, measured), hypervisor };
      },
    }),
  ];
}

function secondsSince(time: string | null): number | null {
  return time === null ? null : Math.max(0, Math.floor((Date.now() - Date.parse(time)) / 1000));
}

/** Before 2.48, in the words of Nova's libvirt: one number a name, memory in KiB, nothing of what is not counted. */
function plainView({ cpus, memory, disks, nics }: MachineDiagnostics): Record<string, number> {
  const told: [string, number | null | undefined][] = [
    ...cpus.map(({ nanoseconds }, id): [string, number | null] => [`cpu${id}_time`, nanoseconds]),
    ['memory', memory.maximumMib * KIB_OF_MIB],
    ['memory-actual', memory.usedMib && memory.usedMib * KIB_OF_MIB],
    ...disks.flatMap((disk): [string, number][] => [
      [`${disk.name}_read_req`, disk.reads],
      [`${disk.name}_read`, disk.readBytes],
      [`${disk.name}_write_req`, disk.writes],
      [`${disk.name}_write`, disk.writtenBytes],
      [`${disk.name}_errors`, disk.failures],
    ]),
    ...nics.flatMap(({ traffic }, index): [string, number | undefined][] =>
      (['rx', 'tx'] as const).flatMap((way): [string, number | undefined][] => {
        const counted = way === 'rx' ? traffic?.in : traffic?.out;
        return [
          [`nic${index}_${way}`, counted?.bytes],
          [`nic${index}_${way}_packets`, counted?.packets],
          [`nic${index}_${way}_errors`, counted?.errors],
          [`nic${index}_${way}_drop`, counted?.drops],
        ];
      }),
    ),
  ];
  return Object.fromEntries(told.filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
}

function wholeView(
  server: ServerRecord,
  { cpus, memory, disks, nics }: MachineDiagnostics,
): Omit<Diagnostics, 'hypervisor'> {
  return {
    state: 'running',
    // Of the drivers that Nova lists, which clients know, the one that runs QEMU.
    driver: 'libvirt',
    hypervisor_os: 'linux',
    uptime: secondsSince(server.launchedAt),
    config_drive: server.configDrive,
    ...{ num_cpus: cpus.length, num_nics: nics.length, num_disks: disks.length },
    cpu_details: cpus.map(({ nanoseconds }, id) => ({ id, time: nanoseconds, utilisation: null })),
    memory_details: { maximum: memory.maximumMib, used: memory.usedMib },
    disk_details: disks.map((disk) => ({
      ...{ read_bytes: disk.readBytes, read_requests: disk.reads },
      ...{ write_bytes: disk.writtenBytes, write_requests: disk.writes },
      errors_count: disk.failures,
    })),
    nic_details: nics.map(({ mac, traffic }) => {
      const { in: received, out: sent } = traffic ?? NOT_COUNTED;
      return {
        mac_address: mac,
        ...{
          rx_octets: received.bytes,
          rx_packets: received.packets,
          rx_errors: received.errors,
          rx_drop: received.drops,
        },
        ...{ tx_octets: sent.bytes, tx_packets: sent.packets, tx_errors: sent.errors, tx_drop: sent.drops },
        ...{ rx_rate: null, tx_rate: null },
      };
    }),
  };
}
