import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import type { KnownHost } from '../contract/v1.ts';
import type { Microversion } from '../http/microversion.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import type { HostClaims } from './collaborators.ts';
import { nextLinks, pageOf, parseLimit } from './collection-page.ts';
import { COMPUTE_BINARY, serviceId, stateOf } from './compute-hosts.service.ts';
import {
  type Amounts,
  amountsSchema,
  type HypervisorSummary,
  type HypervisorView,
  hypervisorAnswer,
  hypervisorDetailAnswer,
  hypervisorListAnswer,
  hypervisorServersAnswer,
  hypervisorStatisticsAnswer,
  hypervisorUptimeAnswer,
} from './host.schema.ts';
import { hostNumber, hostUuid } from './host-identity.ts';
import { booleanField, queryText } from './request-field.schema.ts';
import type { ServerRepository } from './server.repository.ts';

type Parts = { claims: HostClaims; servers: ServerRepository };

const listFields = {
  limit: queryText.optional(),
  marker: queryText.optional(),
  hypervisor_hostname_pattern: queryText.optional(),
  with_servers: booleanField.optional(),
};
const listQuery = (version: Microversion) => (version >= 53 ? z.strictObject(listFields) : z.object(listFields));

/** `/os-hypervisors`: hosts as Nova shows them. */
export function hypervisorRoutes(parts: Parts): RouteDefinition[] {
  const serversOn = (hosts: readonly KnownHost[]) => parts.servers.namesByHost(hosts.map(({ id }) => id));
  const list = (isDetailed: boolean) =>
    route({
      method: 'GET',
      path: isDetailed ? '/os-hypervisors/detail' : '/os-hypervisors',
      rule: 'os_compute_api:os-hypervisors:list',
      query: listQuery,
      answer: isDetailed ? hypervisorDetailAnswer : hypervisorListAnswer,
      handler: async ({ query, version, origin }) => {
        const pattern = version >= 53 ? query.hypervisor_hostname_pattern : undefined;
        if (pattern !== undefined && (query.limit ?? query.marker) !== undefined) {
          const message =
            'Paging over hypervisors with the hypervisor_hostname_pattern query parameter is not supported.';
          throw new UserError('bad_request', message, { field: 'hypervisor_hostname_pattern' });
        }
        const hosts = pattern ? await matching(parts, pattern) : await parts.claims.listHosts();
        const items = hosts.map((host) => ({ id: idOf(host.id, version), host }));
        const limit = parseLimit(query.limit);
        const page = version >= 33 ? pageOf(items, query.marker, limit) : items;
        const servers = version >= 53 && query.with_servers ? await serversOn(page.map(({ host }) => host)) : undefined;
        const path = isDetailed ? '/compute/v2.1/os-hypervisors/detail' : '/compute/v2.1/os-hypervisors';
        const { with_servers, ...rest } = query;
        const flag = with_servers === undefined ? {} : { with_servers: String(with_servers) };
        const links = version >= 33 ? nextLinks(`${origin}${path}`, { ...rest, ...flag }, page, limit) : undefined;
        return {
          hypervisors: page.map(({ host }) => (isDetailed ? hypervisorView : summaryView)(host, version, servers)),
          ...(links && { hypervisors_links: links }),
        };
      },
    });
  return [
    list(false),
    list(true),
    route({
      method: 'GET',
      path: '/os-hypervisors/statistics',
      rule: 'os_compute_api:os-hypervisors:statistics',
      until: 87,
      answer: hypervisorStatisticsAnswer,
      handler: async () => ({ hypervisor_statistics: statistics(await parts.claims.listHosts()) }),
    }),
    route({
      method: 'GET',
      path: '/os-hypervisors/:hypervisorId',
      rule: 'os_compute_api:os-hypervisors:show',
      query: z.object({ with_servers: booleanField.optional() }),
      answer: hypervisorAnswer,
      handler: async ({ params, version, query }) => {
        const host = await find(parts, params.hypervisorId, version);
        const servers = version >= 53 && query.with_servers ? await serversOn([host]) : undefined;
        return { hypervisor: hypervisorView(host, version, servers) };
      },
    }),
    route({
      method: 'GET',
      path: '/os-hypervisors/:hypervisorId/search',
      rule: 'os_compute_api:os-hypervisors:search',
      until: 52,
      answer: hypervisorListAnswer,
      handler: async ({ params, version }) => {
        const hosts = await matching(parts, params.hypervisorId);
        return { hypervisors: hosts.map((host) => summaryView(host, version)) };
      },
    }),
    route({
      method: 'GET',
      path: '/os-hypervisors/:hypervisorId/servers',
      rule: 'os_compute_api:os-hypervisors:servers',
      until: 52,
      answer: hypervisorServersAnswer,
      handler: async ({ params, version }) => {
        const hosts = await matching(parts, params.hypervisorId);
        const servers = await serversOn(hosts);
        return { hypervisors: hosts.map((host) => summaryView(host, version, servers)) };
      },
    }),
    route({
      method: 'GET',
      path: '/os-hypervisors/:hypervisorId/uptime',
      rule: 'os_compute_api:os-hypervisors:uptime',
      until: 87,
      answer: hypervisorUptimeAnswer,
      handler: async ({ params, version }) => {
        const host = await find(parts, params.hypervisorId, version);
        if (stateOf(host) === 'down') {
          throw new UserError('bad_request', `Compute service of ${host.name} is unavailable at this time.`);
        }
        const uptime = uptimeOf(host);
        // As Nova where the hypervisor cannot say.
        if (uptime === null) throw new UserError('unknown_method', 'The requested functionality is not supported.');
        return { hypervisor: { ...summaryView(host, version), uptime } };
      },
    }),
  ];
}

/** Those whose names have that in them; 404 where none has. */
async function matching(parts: Parts, part: string): Promise<KnownHost[]> {
  const hosts = (await parts.claims.listHosts()).filter(({ name }) => name.includes(part));
  if (hosts.length > 0) return hosts;
  throw new UserError('not_found', `No hypervisor matching '${part.slice(0, 255)}' could be found.`);
}

async function find(parts: Parts, id: string, version: Microversion): Promise<KnownHost> {
  if (version >= 53 && !z.guid().safeParse(id).success) {
    throw new UserError('bad_request', `Invalid uuid ${id.slice(0, 40)}`);
  }
  const host = (await parts.claims.listHosts()).find((host) => idOf(host.id, version) === id);
  if (!host) throw new UserError('not_found', `Hypervisor with ID '${id}' could not be found.`);
  return host;
}

function idOf(hostId: string, version: Microversion): string {
  return version >= 53 ? hostUuid(hostId) : String(hostNumber(hostId));
}

function hypervisorView(
  host: KnownHost,
  version: Microversion,
  servers?: Map<string, { name: string; uuid: string }[]>,
): HypervisorView {
  const summary = summaryView(host, version, servers);
  const view = {
    ...summary,
    hypervisor_type: typeOf(host),
    hypervisor_version: versionNumber(host.facts?.hypervisorVersion ?? null),
    host_ip: '127.0.0.1',
    service: {
      id: serviceId({ binary: COMPUTE_BINARY, hostId: host.id, host: host.name }, version),
      host: host.name,
      disabled_reason: host.disabledReason || null,
    },
  };
  if (version >= 88) return { ...view, uptime: uptimeOf(host) };
  const cpu = { arch: host.facts?.cpuArch ?? '', model: host.facts?.cpuModel ?? '' };
  return { ...view, ...amounts(host), cpu_info: version >= 28 ? cpu : JSON.stringify(cpu) };
}

function summaryView(
  host: KnownHost,
  version: Microversion,
  servers?: Map<string, { name: string; uuid: string }[]>,
): HypervisorSummary {
  const held = servers?.get(host.id) ?? [];
  return {
    id: version >= 53 ? hostUuid(host.id) : hostNumber(host.id),
    hypervisor_hostname: host.name,
    state: stateOf(host),
    status: host.disabledReason === null ? 'enabled' : 'disabled',
    ...(servers && (held.length > 0 || version >= 75) && { servers: held }),
  };
}

/** As the command of that name says it, but for who is there and how busy it is; null of a host that cannot say. */
function uptimeOf(host: KnownHost): string | null {
  const bootedAt = host.facts?.bootedAt;
  if (bootedAt === undefined || stateOf(host) === 'down') return null;
  const now = new Date();
  const minutes = Math.max(0, Math.floor((now.getTime() - Date.parse(bootedAt)) / 60_000));
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24];
  const since = `${days} day${days === 1 ? '' : 's'}, ${String(hours).padStart(2)}:${String(minutes % 60).padStart(2, '0')}`;
  return ` ${now.toISOString().slice(11, 19)} up ${since}`;
}

function typeOf(host: KnownHost): string {
  return host.facts?.hypervisorType.toUpperCase() ?? '';
}

/** `7.2.22` as 7002022, as libvirt counts. */
function versionNumber(version: string | null): number {
  const [major = 0, minor = 0, patch = 0] = (version ?? '').split('.').map((part) => Number.parseInt(part, 10) || 0);
  return major * 1_000_000 + minor * 1000 + patch;
}

/** What there is and what is claimed of it; sizes in MiB and GiB. */
function amounts(host: KnownHost): Amounts {
  const { facts, allocated } = host;
  const memory = facts?.memoryMib ?? 0;
  const disk = facts?.diskGib ?? 0;
  return {
    vcpus: facts?.vcpus ?? 0,
    memory_mb: memory,
    local_gb: disk,
    vcpus_used: allocated.vcpus,
    memory_mb_used: allocated.memoryMib,
    local_gb_used: allocated.diskGib,
    free_ram_mb: memory - allocated.memoryMib,
    free_disk_gb: disk - allocated.diskGib,
    current_workload: 0,
    running_vms: allocated.machines,
    disk_available_least: facts?.diskFreeGib ?? 0,
  };
}

function statistics(hosts: KnownHost[]): Record<string, number> {
  const total: Record<string, number> = Object.fromEntries(Object.keys(amountsSchema.shape).map((name) => [name, 0]));
  for (const host of hosts) {
    for (const [name, amount] of Object.entries(amounts(host))) total[name] = (total[name] ?? 0) + amount;
  }
  return { ...total, count: hosts.length };
}
