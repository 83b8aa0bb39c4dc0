import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import { linksSchema } from '../http/link.schema.ts';
import type { Microversion } from '../http/microversion.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import { MAX_LIMIT, nextLinks, parseLimit, unknownMarker } from './collection-page.ts';
import { isoMicroseconds, utcTime } from './nova-time.ts';
import { queryText, strictFrom75 } from './request-field.schema.ts';
import type { BilledServer, TenantUsageRepository } from './tenant-usage.repository.ts';

const MS_PER_HOUR = 3_600_000;

const serverUsageSchema = z
  .strictObject({
    instance_id: z.string(),
    name: z.string(),
    tenant_id: z.string(),
    flavor: z.string(),
    vcpus: z.number().int(),
    memory_mb: z.number().int(),
    local_gb: z.number().int(),
    started_at: z.string(),
    ended_at: z.string().nullable(),
    state: z.string(),
    uptime: z.number().int().meta({ description: 'Seconds since it was launched.' }),
    hours: z.number().meta({ description: 'In the period.' }),
  })
  .meta({ title: 'ServerUsageView' });
const tenantUsageSchema = z
  .strictObject({
    tenant_id: z.string(),
    start: z.string(),
    stop: z.string(),
    total_hours: z.number(),
    total_vcpus_usage: z.number().meta({ description: 'Hours, each once for every vCPU; the others likewise.' }),
    total_memory_mb_usage: z.number(),
    total_local_gb_usage: z.number(),
    server_usages: z.array(serverUsageSchema).optional(),
  })
  .meta({ title: 'TenantUsageView' });
type TenantUsage = z.infer<typeof tenantUsageSchema>;

type UsageQuery = Readonly<Record<string, string | undefined>>;
const fields = (version: Microversion) => ({
  start: queryText.optional(),
  end: queryText.optional(),
  ...(version >= 40 && { limit: queryText.optional(), marker: queryText.optional() }),
});
const listQuery = strictFrom75((version) => ({ ...fields(version), detailed: queryText.optional() }));
const showQuery = strictFrom75(fields);

/** `/os-simple-tenant-usage`: what the servers of projects have used in a period, also those that are gone. */
export function tenantUsageRoutes({ usage }: { usage: TenantUsageRepository }): RouteDefinition[] {
  const rule = (verb: string) => `os_compute_api:os-simple-tenant-usage:${verb}`;
  const path = '/os-simple-tenant-usage';

  async function read(asked: UsageQuery, projectId: string | null, version: Microversion, url: string) {
    const period = periodOf(asked, Date.now());
    const window = { projectId, start: iso(period.start), end: iso(period.end) };
    if (version < 40) {
      return { usages: tenantUsages(await usage.listAll({ ...window, limit: MAX_LIMIT }), period), links: undefined };
    }
    const limit = parseLimit(asked.limit);
    const after = asked.marker === undefined ? undefined : await usage.place(asked.marker, projectId);
    if (asked.marker !== undefined && !after) throw unknownMarker(asked.marker);
    const servers = await usage.list({ ...window, limit, ...(after && { after }) });
    return { usages: tenantUsages(servers, period), links: nextLinks(url, { ...asked }, servers, limit) };
  }

  return [
    route({
      method: 'GET',
      path,
      rule: rule('list'),
      query: listQuery,
      answer: z.strictObject({
        tenant_usages: z.array(tenantUsageSchema),
        tenant_usages_links: linksSchema.optional(),
      }),
      handler: async ({ query, version, origin }) => {
        const { usages, links } = await read(query, null, version, `${origin}/compute/v2.1${path}`);
        const brief = ({ server_usages: _, ...total }: TenantUsage) => total;
        return {
          tenant_usages: query.detailed === '1' ? usages : usages.map(brief),
          ...(links && { tenant_usages_links: links }),
        };
      },
    }),
    route({
      method: 'GET',
      path: `${path}/:tenantId`,
      rule: rule('show'),
      target: async ({ params }) => ({ project_id: params.tenantId }),
      query: showQuery,
      answer: z.strictObject({
        tenant_usage: z.union([tenantUsageSchema, z.strictObject({})]),
        tenant_usage_links: linksSchema.optional(),
      }),
      handler: async ({ params: { tenantId }, query, version, origin }) => {
        const url = `${origin}/compute/v2.1${path}/${encodeURIComponent(tenantId)}`;
        const { usages, links } = await read(query, tenantId, version, url);
        // As Nova: of a project without any, nothing and not zero.
        return { tenant_usage: usages[0] ?? {}, ...(links && { tenant_usage_links: links }) };
      },
    }),
  ];
}

interface Period {
  start: number;
  end: number;
  now: number;
}

/** What is missing is now: without a period there is no usage. */
function periodOf({ start, end }: UsageQuery, now: number): Period {
  const from = start ? timeOf(start, 'start') : now - 1;
  const to = end ? timeOf(end, 'end') : now;
  if (from >= to) {
    throw new UserError('bad_request', 'Invalid start time. The start time cannot occur after the end time.', {
      field: 'start',
    });
  }
  return { start: from, end: Math.min(to, now), now };
}

/** UTC, with a space only where a fraction follows, as Nova reads it. */
function timeOf(text: string, field: string): number {
  const match = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d(?:\.\d{1,6})?)| (\d\d:\d\d:\d\d\.\d{1,6}))$/.exec(text);
  const [, day, time, spaced] = match ?? [];
  const date = utcTime(day, time ?? spaced);
  if (date) return date.getTime();
  throw new UserError('bad_request', 'Invalid datetime string: Datetime is in invalid format', { field });
}

function tenantUsages(servers: readonly BilledServer[], period: Period): TenantUsage[] {
  const byProject = Map.groupBy(servers, ({ projectId }) => projectId);
  return [...byProject].map(([projectId, held]) => {
    const usages = held.map((server) => serverUsage(server, period));
    const total = (of: (usage: (typeof usages)[number]) => number) =>
      usages.reduce((sum, usage) => sum + of(usage) * usage.hours, 0);
    return {
      tenant_id: projectId,
      start: isoMicroseconds(iso(period.start)),
      stop: isoMicroseconds(iso(period.end)),
      total_hours: total(() => 1),
      total_vcpus_usage: total(({ vcpus }) => vcpus),
      total_memory_mb_usage: total(({ memory_mb }) => memory_mb),
      total_local_gb_usage: total(({ local_gb }) => local_gb),
      server_usages: usages,
    };
  });
}

function serverUsage(server: BilledServer, { start, end, now }: Period) {
  const launched = Date.parse(server.launchedAt);
  const ended = server.terminatedAt === null ? null : Date.parse(server.terminatedAt);
  const used = Math.min(end, ended ?? end) - Math.max(start, launched);
  return {
    instance_id: server.id,
    name: server.name,
    tenant_id: server.projectId,
    flavor: server.flavorName,
    vcpus: server.vcpus,
    memory_mb: server.memoryMib,
    local_gb: server.localGib,
    started_at: isoMicroseconds(server.launchedAt),
    ended_at: server.terminatedAt && isoMicroseconds(server.terminatedAt),
    state: ended === null ? server.vmState : 'terminated',
    uptime: Math.floor(((ended ?? now) - launched) / 1000),
    hours: Math.max(0, used) / MS_PER_HOUR,
  };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
