import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import type { KnownHost } from '../contract/v1.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import type { HostClaims } from './collaborators.ts';
import { COMPUTE_BINARY, type ComputeHosts } from './compute-hosts.service.ts';
import { hostListAnswer, hostShowAnswer, hostUpdateAnswer } from './host.schema.ts';
import { unknownHost } from './host-identity.ts';
import { queryText } from './request-field.schema.ts';
import type { ServerRepository } from './server.repository.ts';

/** Nova dropped them after this one. */
const until = 42;
const toggle = z.enum(['enable', 'disable', 'Enable', 'Disable', 'ENABLE', 'DISABLE']);
const updateBody = z
  .strictObject({ status: toggle.optional(), maintenance_mode: toggle.optional() })
  .refine((sent) => Object.keys(sent).length > 0, 'It must have status or maintenance_mode')
  .meta({ minProperties: 1 });

/** `/os-hosts`, which later microversions have not got: hosts by name. */
export function hostRoutes(parts: {
  hosts: ComputeHosts;
  claims: HostClaims;
  servers: ServerRepository;
}): RouteDefinition[] {
  const { hosts, claims, servers } = parts;
  const path = '/os-hosts/:hostName';
  const rule = (verb: string) => `os_compute_api:os-hosts:${verb}`;
  const find = async (name: string): Promise<KnownHost> => {
    const host = (await claims.listHosts()).find((host) => host.name === name);
    if (host) return host;
    throw unknownHost(name);
  };
  const power = (verb: 'startup' | 'shutdown' | 'reboot') =>
    route({
      method: 'GET',
      path: `${path}/${verb}`,
      rule: rule(verb === 'startup' ? 'start' : verb),
      until,
      handler: async ({ params }) => {
        await find(params.hostName);
        throw unsupported();
      },
    });
  return [
    route({
      method: 'GET',
      path: '/os-hosts',
      rule: rule('list'),
      until,
      query: z.object({ zone: queryText.optional() }),
      answer: hostListAnswer,
      handler: async ({ query }) => {
        const enabled = (await hosts.services()).filter(({ disabledReason }) => disabledReason === null);
        const found = enabled.filter(({ zone }) => !query.zone || zone === query.zone);
        return {
          hosts: found.map(({ host, binary, zone }) => ({
            host_name: host,
            service: binary.replace('nova-', ''),
            zone,
          })),
        };
      },
    }),
    route({
      method: 'GET',
      path,
      rule: rule('show'),
      until,
      answer: hostShowAnswer,
      handler: async ({ params }) => {
        const host = await find(params.hostName);
        return { host: resources(host, await servers.usageOn(host.id)).map((resource) => ({ resource })) };
      },
    }),
    route({
      method: 'PUT',
      path,
      rule: rule('update'),
      until,
      body: updateBody,
      answer: hostUpdateAnswer,
      handler: async ({ context, params, body: { status, maintenance_mode } }) => {
        const host = await find(params.hostName);
        // As Nova over libvirt: no machine is moved away before.
        if (maintenance_mode !== undefined) throw unsupported();
        const isEnabled = status?.toLowerCase() === 'enable';
        await hosts.change(context, await hosts.serviceOn(host.name, COMPUTE_BINARY), {
          disabledReason: isEnabled ? null : '',
        });
        return { host: host.name, status: isEnabled ? 'enabled' : 'disabled' };
      },
    }),
    power('startup'),
    power('shutdown'),
    power('reboot'),
  ];
}

function unsupported(): UserError {
  return new UserError('unknown_method', 'The requested functionality is not supported.');
}

/** All there is, what is taken now, what the servers may take, and of that each project's. */
function resources(host: KnownHost, projects: Awaited<ReturnType<ServerRepository['usageOn']>>) {
  const { facts, allocated } = host;
  const row = (project: string, cpu: number, memory: number, disk: number) => ({
    ...{ project, host: host.name, cpu, memory_mb: memory, disk_gb: disk },
  });
  const sum = (of: (project: (typeof projects)[number]) => number) => projects.reduce((all, one) => all + of(one), 0);
  return [
    row('(total)', facts?.vcpus ?? 0, facts?.memoryMib ?? 0, facts?.diskGib ?? 0),
    row('(used_now)', allocated.vcpus, allocated.memoryMib, allocated.diskGib),
    row(
      '(used_max)',
      sum(({ vcpus }) => vcpus),
      sum(({ memoryMib }) => memoryMib),
      sum(({ diskGib }) => diskGib),
    ),
    ...projects.map(({ projectId, vcpus, memoryMib, diskGib }) => row(projectId, vcpus, memoryMib, diskGib)),
  ];
}
