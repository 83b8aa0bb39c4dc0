import { z } from 'zod';
import { queryText } from '../http/field.schema.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import type { QuotaResource } from '../quota/quota.limits.ts';
import type { QuotaService } from '../quota/quota.service.ts';
import { missing } from '../resource/missing.ts';

/** What clients ask for before they use a feature: of Cinder's extensions those whose routes are here. */
const EXTENSIONS = [
  ['os-availability-zone', 'AvailabilityZones', 'Describe Availability Zones.'],
  ['os-quota-class-sets', 'QuotaClasses', 'Quota classes management support.'],
  ['os-quota-sets', 'Quotas', 'Quota management support.'],
  ['os-services', 'Services', 'Services support.'],
  ['os-types-extra-specs', 'TypesExtraSpecs', 'Type extra specs support.'],
  ['os-types-manage', 'TypesManage', 'Types manage support.'],
  ['os-used-limits', 'UsedLimits', 'Provide data on limited resources that are being used.'],
  ['os-volume-type-access', 'VolumeTypeAccess', 'Volume type access support.'],
  ['qos-specs', 'Qos_specs_manage', 'QoS specs support.'],
].map(([alias = '', name = '', description = '']) => ({
  ...{ alias, name, description, links: [], updated: '2026-01-01T00:00:00+00:00' },
}));

const text = z.string();
const extension = z
  .strictObject({ alias: text, name: text, description: text, links: z.array(z.never()), updated: text })
  .meta({ title: 'VolumeExtension' });
const zones = z.strictObject({
  availabilityZoneInfo: z.array(
    z.strictObject({ zoneName: text, zoneState: z.strictObject({ available: z.boolean() }) }),
  ),
});
const limitsAnswer = z.strictObject({
  limits: z.strictObject({ rate: z.array(z.never()), absolute: z.record(text, z.number().int()) }),
});
const project = { project_id: queryText.optional(), tenant_id: queryText.optional() };

export interface VolumeFactParts {
  quota: QuotaService;
  /** Hosts keep volumes where they run machines. */
  compute: { hosts: { zones(): Promise<ReadonlyMap<string, boolean>> } };
}

/** What can be asked of the service itself. */
export function volumeFactRoutes(parts: VolumeFactParts): RouteDefinition[] {
  return [
    route({
      ...{ method: 'GET', path: '/extensions', rule: 'volume:extensions' },
      answer: z.strictObject({ extensions: z.array(extension) }),
      handler: async () => ({ extensions: EXTENSIONS }),
    }),
    route({
      ...{ method: 'GET', path: '/extensions/:alias', rule: 'volume:extensions' },
      answer: z.strictObject({ extension }),
      handler: async ({ params: { alias } }) => {
        const found = EXTENSIONS.find((each) => each.alias === alias);
        if (!found) throw missing('The resource could not be found.');
        return { extension: found };
      },
    }),
    route({
      ...{ method: 'GET', path: '/os-availability-zone', rule: 'volume:availability_zone_list', answer: zones },
      handler: async () => ({
        availabilityZoneInfo: [...(await parts.compute.hosts.zones())].map(([zoneName, available]) => ({
          zoneName,
          zoneState: { available },
        })),
      }),
    }),
    route({
      ...{ method: 'GET', path: '/os-services', rule: 'volume_extension:services:index' },
      summary: 'What serves volumes on the hosts: nothing yet.',
      query: z.object({ host: queryText.optional(), binary: queryText.optional() }),
      answer: z.strictObject({ services: z.array(z.never()) }),
      handler: async () => ({ services: [] }),
    }),
    route({
      ...{ method: 'GET', path: '/limits', rule: 'volume:limits', query: z.object(project), answer: limitsAnswer },
      handler: async ({ context, query, version, allows }) => {
        // As in Cinder the project of others is passed over, not refused, for those who may not ask.
        const asked = context.isAdmin && version >= 39 ? (query.project_id ?? query.tenant_id) : undefined;
        const usage = await parts.quota.usage(asked ?? context.projectId ?? '');
        const limit = (name: QuotaResource) => usage[name]?.limit ?? -1;
        const used = (name: QuotaResource) => usage[name]?.used ?? 0;
        return {
          limits: {
            rate: [],
            absolute: {
              maxTotalVolumes: limit('volumes'),
              maxTotalSnapshots: limit('snapshots'),
              maxTotalVolumeGigabytes: limit('gigabytes'),
              maxTotalBackups: limit('backups'),
              maxTotalBackupGigabytes: limit('backup_gigabytes'),
              ...(allows('limits_extension:used_limits') && {
                totalVolumesUsed: used('volumes'),
                totalSnapshotsUsed: used('snapshots'),
                totalGigabytesUsed: used('gigabytes'),
                totalBackupsUsed: used('backups'),
                totalBackupGigabytesUsed: used('backup_gigabytes'),
              }),
            },
          },
        };
      },
    }),
  ];
}
