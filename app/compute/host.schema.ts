import { z } from 'zod';
import { linksSchema } from '../http/link.schema.ts';
import { type Microversion, since, until } from '../http/microversion.ts';

const text = z.string();
const whole = z.number().int();
/** Numbers until 2.52, uuids since. */
const idSchema = (version: Microversion) => (version >= 53 ? text : whole);

export const amountsSchema = z.strictObject({
  vcpus: whole,
  memory_mb: whole,
  local_gb: z.number(),
  vcpus_used: whole,
  memory_mb_used: whole,
  local_gb_used: z.number(),
  free_ram_mb: whole,
  free_disk_gb: z.number(),
  current_workload: whole,
  running_vms: whole,
  disk_available_least: z.number(),
});
export type Amounts = z.infer<typeof amountsSchema>;

const summaryFields = (version: Microversion) => ({
  id: idSchema(version),
  hypervisor_hostname: text,
  state: z.enum(['up', 'down']),
  status: z.enum(['enabled', 'disabled']),
  ...since(version, 53, { servers: z.array(z.strictObject({ name: text, uuid: text })).optional() }),
});
export const hypervisorSummarySchema = (version: Microversion) => z.strictObject(summaryFields(version));
export type HypervisorSummary = z.infer<ReturnType<typeof hypervisorSummarySchema>>;

export const hypervisorSchema = (version: Microversion) =>
  z
    .strictObject({
      ...summaryFields(version),
      hypervisor_type: text,
      hypervisor_version: whole,
      host_ip: text,
      service: z.strictObject({ id: idSchema(version), host: text, disabled_reason: text.nullable() }),
      ...since(version, 88, { uptime: text.nullable() }),
      ...until(version, 87, {
        ...amountsSchema.shape,
        cpu_info: version >= 28 ? z.strictObject({ arch: text, model: text }) : text,
      }),
    })
    .meta({ title: 'HypervisorView' });
export type HypervisorView = z.infer<ReturnType<typeof hypervisorSchema>>;

export const hypervisorAnswer = (version: Microversion) => z.strictObject({ hypervisor: hypervisorSchema(version) });
export const hypervisorListAnswer = (version: Microversion) =>
  z.strictObject({
    hypervisors: z.array(hypervisorSummarySchema(version)),
    hypervisors_links: linksSchema.optional(),
  });
/** With the servers of each, as `with_servers` does since 2.53. */
export const hypervisorServersAnswer = (version: Microversion) =>
  z.strictObject({
    hypervisors: z.array(
      hypervisorSummarySchema(version).extend({
        servers: z.array(z.strictObject({ name: text, uuid: text })).optional(),
      }),
    ),
  });
export const hypervisorDetailAnswer = (version: Microversion) =>
  z.strictObject({ hypervisors: z.array(hypervisorSchema(version)), hypervisors_links: linksSchema.optional() });
export const hypervisorUptimeAnswer = (version: Microversion) =>
  z.strictObject({ hypervisor: hypervisorSummarySchema(version).extend({ uptime: text.nullable() }) });
export const hypervisorStatisticsAnswer = z.strictObject({
  hypervisor_statistics: amountsSchema.extend({ count: whole }),
});

const status = z.enum(['enabled', 'disabled']);
const serviceSchema = (version: Microversion) =>
  z
    .strictObject({
      id: idSchema(version),
      binary: text,
      host: text,
      zone: text,
      status,
      state: z.enum(['up', 'down']),
      updated_at: text.nullable(),
      disabled_reason: text.nullable(),
      ...since(version, 11, { forced_down: z.boolean() }),
    })
    .meta({ title: 'ComputeServiceView' });
export const serviceListAnswer = (version: Microversion) =>
  z.strictObject({ services: z.array(serviceSchema(version)) });
/** Until 2.52 only what was asked for comes back. */
export const serviceUpdateAnswer = (version: Microversion) =>
  z.strictObject({
    service:
      version >= 53
        ? serviceSchema(version)
        : z
            .strictObject({
              host: text,
              binary: text,
              status: status.optional(),
              disabled_reason: text.optional(),
              ...since(version, 11, { forced_down: z.boolean().optional() }),
            })
            .meta({ title: 'UpdatedComputeService' }),
  });

export const hostListAnswer = z.strictObject({
  hosts: z.array(z.strictObject({ host_name: text, service: text, zone: text }).meta({ title: 'HostSummary' })),
});
const hostResource = z.strictObject({ project: text, host: text, cpu: whole, memory_mb: whole, disk_gb: z.number() });
export const hostShowAnswer = z.strictObject({ host: z.array(z.strictObject({ resource: hostResource })) });
export const hostUpdateAnswer = z.strictObject({ host: text, status });

const zoneService = z.strictObject({ active: z.boolean(), available: z.boolean(), updated_at: text.nullable() });
export const zoneListAnswer = z.strictObject({
  availabilityZoneInfo: z.array(
    z.strictObject({
      zoneName: text,
      zoneState: z.strictObject({ available: z.boolean() }),
      hosts: z.record(text, z.record(text, zoneService)).nullable(),
    }),
  ),
});
