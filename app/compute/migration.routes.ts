import { createHash } from 'node:crypto';
import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import { linksSchema } from '../http/link.schema.ts';
import { type Microversion, since } from '../http/microversion.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import type { Narrowing } from '../resource/collection-query.ts';
import type { HostClaims } from './collaborators.ts';
import { MAX_LIMIT, nextLinks, parseLimit, unknownMarker } from './collection-page.ts';
import type { MigrationRepository } from './migration.repository.ts';
import type { MigrationRecord } from './migration.tables.ts';
import { isoMicroseconds } from './nova-time.ts';
import { queryText } from './request-field.schema.ts';
import type { ServerService } from './server.service.ts';
import { parseTime, wholeSecond } from './server-list.query.ts';

export interface MigrationRouteParts {
  migrations: MigrationRepository;
  claims: Pick<HostClaims, 'idOf' | 'nameOf'>;
  server: ServerService;
}

const text = z.string();
const migrationSchema = (version: Microversion) =>
  z
    .strictObject({
      id: z.number().int(),
      ...since(version, 59, { uuid: text }),
      instance_uuid: text,
      ...since(version, 23, {
        migration_type: z.enum(['migration', 'resize', 'live-migration', 'evacuation']),
        links: linksSchema.optional(),
      }),
      status: text,
      source_compute: text.nullable(),
      source_node: text.nullable(),
      dest_compute: text.nullable(),
      dest_node: text.nullable(),
      dest_host: text.nullable(),
      old_instance_type_id: z.number().int().nullable(),
      new_instance_type_id: z.number().int().nullable(),
      ...since(version, 80, { user_id: text, project_id: text }),
      created_at: text,
      updated_at: text.nullable(),
    })
    .meta({ title: 'MigrationView' });

const filters = {
  hidden: queryText.optional(),
  host: queryText.optional(),
  instance_uuid: queryText.optional(),
  source_compute: queryText.optional(),
  status: queryText.optional(),
  migration_type: queryText.optional(),
};
interface ListQuery {
  readonly hidden?: string;
  readonly host?: string;
  readonly instance_uuid?: string;
  readonly source_compute?: string;
  readonly status?: string;
  readonly migration_type?: string;
  readonly user_id?: string;
  readonly limit?: string;
  readonly marker?: string;
  readonly 'changes-since'?: string;
  readonly 'changes-before'?: string;
  readonly project_id?: string;
}
const listQuery = (version: Microversion) => {
  // Without the rule that lets somebody see all, only a filter by the own project is let through: in any microversion.
  if (version < 59)
    return z.object({ ...filters, project_id: queryText.optional() }) as unknown as z.ZodType<ListQuery>;
  return z.strictObject({
    ...filters,
    limit: queryText.optional(),
    marker: queryText.optional(),
    'changes-since': queryText.optional(),
    ...(version >= 66 && { 'changes-before': queryText.optional() }),
    ...(version >= 80 && { user_id: queryText.optional(), project_id: queryText.optional() }),
  }) as unknown as z.ZodType<ListQuery>;
};

/**
 * `/os-migrations`: servers on their way to another flavor, and those that have come there. `/servers/{id}/migrations` has
 * only live moves between hosts, of which there are none.
 */
export function migrationRoutes({ migrations, claims, server }: MigrationRouteParts): RouteDefinition[] {
  const rule = 'os_compute_api:os-migrations:index';
  return [
    route({
      method: 'GET',
      path: '/os-migrations',
      rule,
      target: async ({ context }) => ({ project_id: context.projectId }),
      query: listQuery,
      answer: (version) =>
        z.strictObject({
          migrations: z.array(migrationSchema(version)),
          ...since(version, 59, { migrations_links: linksSchema.optional() }),
        }),
      handler: async ({ context, query, version, origin, enforce }) => {
        if (query.project_id === undefined || query.project_id !== context.projectId) enforce(`${rule}:all_projects`);
        const where = [...filtersOf(query, claims), ...timesOf(query)];
        const limit = version >= 59 ? parseLimit(query.limit) : MAX_LIMIT;
        const found = await migrations.list({ where, limit }, query.marker);
        if (!found) throw unknownMarker(query.marker ?? '');
        const marked = found.map(({ uuid }) => ({ id: uuid }));
        const url = `${origin}/compute/v2.1/os-migrations`;
        const links = version >= 59 ? nextLinks(url, { ...query }, marked, limit) : undefined;
        return {
          migrations: found.map((migration) => migrationView(migration, version, claims)),
          ...(links && { migrations_links: links }),
        };
      },
    }),
    route({
      method: 'GET',
      path: '/servers/:serverId/migrations',
      rule: 'os_compute_api:servers:migrations:index',
      target: async ({ context, params }) => (await server.ownerOf(context, params.serverId)) ?? {},
      since: 23,
      answer: z.strictObject({ migrations: z.array(z.never()) }),
      handler: async ({ context, params }) => {
        await server.get(context, params.serverId);
        return { migrations: [] };
      },
    }),
  ];
}

/** Filters that no migration passes are no mistakes. */
function filtersOf(query: ListQuery, claims: Pick<HostClaims, 'idOf'>): Narrowing[] {
  const is = (attribute: keyof MigrationRecord, value: string | undefined): Narrowing[] =>
    value === undefined ? [] : [{ attribute, is: '=', value }];
  const onHost = (name: string | undefined) => (name === undefined ? undefined : (claims.idOf(name) ?? ''));
  const isHidden = query.hidden !== undefined && /^(1|t|true|on|y|yes)$/i.test(query.hidden);
  return [
    // A resize on one host comes from where it goes to.
    ...is('sourceHost', onHost(query.host)),
    ...is('sourceHost', onHost(query.source_compute)),
    ...is('serverId', query.instance_uuid),
    ...is('status', query.status),
    ...is('type', query.migration_type),
    ...is('userId', query.user_id),
    ...is('projectId', query.project_id),
    // None is hidden here.
    ...(isHidden ? is('uuid', '') : []),
  ];
}

function timesOf(query: ListQuery): Narrowing[] {
  const after = parseTime(query['changes-since'], 'changes-since');
  const before = wholeSecond(parseTime(query['changes-before'], 'changes-before'));
  if (after !== undefined && before !== undefined && before < after) {
    throw new UserError('bad_request', 'The value of changes-since must be less than or equal to changes-before.', {
      field: 'changes-since',
    });
  }
  return [
    ...(after === undefined ? [] : [{ attribute: 'updatedAt', is: '>=', value: after } as const]),
    ...(before === undefined ? [] : [{ attribute: 'updatedAt', is: '<=', value: before } as const]),
  ];
}

function migrationView(migration: MigrationRecord, version: Microversion, claims: Pick<HostClaims, 'nameOf'>) {
  const [source, dest] = [claims.nameOf(migration.sourceHost), claims.nameOf(migration.destHost)];
  return {
    id: migration.id,
    ...(version >= 59 && { uuid: migration.uuid }),
    instance_uuid: migration.serverId,
    ...(version >= 23 && { migration_type: migration.type }),
    status: migration.status,
    ...{ source_compute: source, source_node: source, dest_compute: dest, dest_node: dest, dest_host: dest },
    old_instance_type_id: flavorNumber(migration.oldFlavor.id),
    new_instance_type_id: flavorNumber(migration.newFlavor.id),
    ...(version >= 80 && { user_id: migration.userId, project_id: migration.projectId }),
    created_at: isoMicroseconds(migration.createdAt),
    updated_at: isoMicroseconds(migration.updatedAt),
  };
}

/** Nova shows the number of a row, which no client can look up; here it is the same for the same flavor. */
function flavorNumber(id: string): number {
  if (/^[1-9][0-9]{0,8}$/.test(id)) return Number(id);
  return createHash('sha256').update(id).digest().readUInt32BE() >>> 1;
}
