import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import { type Microversion, since, until } from '../http/microversion.ts';
import type { RouteDefinition } from '../http/route.ts';
import { requireProject } from '../policy/authorization.ts';
import type { Scope } from '../resource/collection-query.ts';
import { Resource, type ResourceParts } from '../resource/resource.ts';
import type { HostClaim, HostClaims } from './collaborators.ts';
// The names of its quotas.
import type {} from './compute.quotas.ts';
import { type Frame, nova } from './nova.resource.ts';
import { integerField, nameField, queryText } from './request-field.schema.ts';
import type { ServerRepository } from './server.repository.ts';
import { GROUP_POLICIES, type GroupPolicy, type ServerGroupRecord, serverGroups } from './server-group.tables.ts';

export type ServerGroups = Resource<ServerGroupRecord>;

/** Groups of a project, which no other project sees. */
export function groupsOf({ projectId }: Pick<Context, 'projectId'>): Scope<ServerGroupRecord> {
  return { is: { projectId: projectId ?? '' } };
}

/** Servers that are to be together or apart. One that is deleted leaves its members where they are. */
export function serverGroupResource(
  parts: ResourceParts & { servers: ServerRepository; claims: Pick<HostClaims, 'forgetGroup'> },
): ServerGroups {
  return new Resource<ServerGroupRecord>(
    {
      table: serverGroups,
      notFound: (id) => new UserError('not_found', `Instance group ${id} could not be found.`),
      events: { created: 'server_group.create', deleted: 'server_group.delete' },
      told: ({ projectId, name }) => ({ projectId, payload: { name } }),
      quota: {
        resource: 'server_groups',
        scope: ({ projectId, userId }) => ({ projectId, userId }),
        counted: ({ projectId, userId, ofUser }) => ({
          is: { projectId, ...(ofUser && userId !== null && { userId }) },
        }),
      },
      deleting: async (trx, { id }) => {
        await parts.servers.leaveGroup(trx, id);
        await parts.claims.forgetGroup(trx, id);
      },
    },
    parts,
  );
}

/** What the scheduler goes by; null also where the group was deleted meanwhile. */
export async function placedGroup(groups: ServerGroups, groupId: string | null): Promise<HostClaim['group']> {
  const group = groupId === null ? undefined : await groups.find(groupId);
  return group ? { id: group.id, policy: group.policy, maxPerHost: group.maxPerHost ?? 1 } : null;
}

const text = z.string();
const schema = (version: Microversion) =>
  z
    .strictObject({
      id: text,
      name: text,
      members: z.array(text),
      ...since(version, 13, { project_id: text, user_id: text }),
      ...until(version, 63, { policies: z.array(text), metadata: z.strictObject({}) }),
      ...since(version, 64, {
        policy: text,
        rules: z.strictObject({ max_server_per_host: z.number().int().optional() }),
      }),
    })
    .meta({ title: 'ServerGroupView' });

interface Sent {
  name: string;
  policies?: GroupPolicy[];
  policy?: GroupPolicy;
  rules?: { max_server_per_host?: number };
}
const body = (version: Microversion) => {
  const policy = version >= 15 ? z.enum(GROUP_POLICIES) : z.enum(['affinity', 'anti-affinity']);
  const fields =
    version >= 64
      ? { policy, rules: z.strictObject({ max_server_per_host: integerField(1).optional() }).optional() }
      : { policies: z.array(policy).length(1) };
  return z.strictObject({ name: nameField, ...fields }) as unknown as z.ZodType<Sent>;
};

/** `/os-server-groups`. Administrators may look at those of all projects. */
export function serverGroupRoutes(parts: { serverGroups: ServerGroups; servers: ServerRepository }): RouteDefinition[] {
  const { serverGroups: records, servers } = parts;
  const rule = (verb: string) => `os_compute_api:os-server-groups:${verb}`;
  const of = nova<ServerGroupRecord>({
    records,
    path: '/os-server-groups',
    one: 'server_group',
    many: 'server_groups',
    param: 'groupId',
    schema,
    view,
    beside: async (groups) => {
      const members = await servers.membersOf(groups.map(({ id }) => id));
      return new Map(groups.map(({ id }) => [id, { members: members.get(id) ?? [] }]));
    },
    scope: ({ context }) => (context.isAdmin ? {} : groupsOf(context)),
  });
  return [
    of.list({
      rule: rule('index'),
      pagedSince: 1,
      byOffset: true,
      query: () => ({ all_projects: queryText.optional() }),
      scope: ({ context, query, allows }) =>
        query.all_projects !== undefined && allows(rule('index:all_projects')) ? {} : groupsOf(context),
      select: () => ({ sort: [{ attribute: 'createdAt', direction: 'asc' }] }),
    }),
    of.show({ rule: rule('show') }),
    of.create({
      rule: rule('create'),
      body,
      make: ({ context }, sent) => records.create(context, made(context, sent)),
    }),
    of.delete({ rule: rule('delete') }),
  ];
}

function made(context: Context, { name, policies = [], policy = policies[0], rules = {} }: Sent): ServerGroupRecord {
  const { max_server_per_host: maxPerHost = null } = rules;
  if (maxPerHost !== null && policy !== 'anti-affinity') {
    throw new UserError('bad_request', 'Only anti-affinity policy supports rules.', { field: 'server_group.rules' });
  }
  return {
    id: randomUUID(),
    name,
    projectId: requireProject(context),
    userId: context.userId ?? '',
    policy: policy ?? 'anti-affinity',
    maxPerHost,
    createdAt: new Date().toISOString(),
  };
}

/** A new one has no members; whose members are read has them beside this. */
function view({ id, name, projectId, userId, policy, maxPerHost }: ServerGroupRecord, { version }: Frame) {
  return {
    id,
    name,
    members: [],
    ...(version >= 13 && { project_id: projectId, user_id: userId }),
    ...(version >= 64
      ? { policy, rules: maxPerHost === null ? {} : { max_server_per_host: maxPerHost } }
      : { policies: [policy], metadata: {} }),
  };
}
