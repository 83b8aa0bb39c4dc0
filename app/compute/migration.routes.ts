import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import { linksSchema } from '../http/link.schema.ts';
import { type Microversion, since } from '../http/microversion.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import { parseLimit, unknownMarker } from './collection-page.ts';
import { queryText } from './request-field.schema.ts';
import { parseTime } from './server-list.query.ts';

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

/** `/os-migrations`: moves of servers between hosts, of which there are none: servers stay where they are built. */
export function migrationRoutes(): RouteDefinition[] {
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
      handler: async ({ context, query, enforce }) => {
        if (query.project_id === undefined || query.project_id !== context.projectId) enforce(`${rule}:all_projects`);
        const after = parseTime(query['changes-since'], 'changes-since');
        const before = parseTime(query['changes-before'], 'changes-before');
        if (after !== undefined && before !== undefined && before < after) {
          throw new UserError(
            'bad_request',
            'The value of changes-since must be less than or equal to changes-before.',
            {
              field: 'changes-since',
            },
          );
        }
        parseLimit(query.limit);
        if (query.marker !== undefined) throw unknownMarker(query.marker);
        return { migrations: [] };
      },
    }),
  ];
}
