import type { z } from 'zod';
import { auditRoutes } from '../audit/audit.routes.ts';
import type { AuditService } from '../audit/audit.service.ts';
import { backupRoutes } from '../backup/backup.routes.ts';
import type { BackupService } from '../backup/backup.service.ts';
import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import { taskViewSchema } from '../contract/task.ts';
import type { HostView, KnownHost, Limits, ServerAccess, SignedIn, Status } from '../contract/v1.ts';
import {
  catalogImportSchema,
  catalogListSchema,
  eventLogQuerySchema,
  eventLogSchema,
  hostListSchema,
  hostViewSchema,
  limitsSchema,
  policySchema,
  powerOffSchema,
  rightsSchema,
  serverAccessSchema,
  signedInSchema,
  signInCodeSchema,
  signInSchema,
  statusSchema,
  taskListSchema,
  taskQuerySchema,
} from '../contract/v1.ts';
import type { EventService } from '../events/event.service.ts';
import { requireProject } from '../http/authorization.ts';
import { type ApiRequest, route, type ServiceDefinition } from '../http/route.ts';
import { THE_USER } from '../identity/delegated-access.ts';
import { oidcSignInRoutes } from '../identity/federation/oidc.routes.ts';
import type { IdentityService } from '../identity/identity.service.ts';
import { ldapRoutes } from '../identity/ldap/ldap.routes.ts';
import type { Right } from '../policy/policy.service.ts';
import { quotaRoutes } from '../quota/quota.routes.ts';
import type { QuotaService } from '../quota/quota.service.ts';
import type { SchedulerService } from '../scheduler/scheduler.service.ts';
import type { TaskService } from '../tasks/task.service.ts';
import { unclaimedRoutes } from '../unclaimed/unclaimed.routes.ts';
import type { UnclaimedService } from '../unclaimed/unclaimed.service.ts';

export interface V1Parts {
  status: Status;
  tasks: TaskService;
  events: EventService;
  scheduler: SchedulerService;
  audit: AuditService;
  backups: BackupService;
  identity: Pick<IdentityService, 'oidc' | 'ldap' | 'domainConfigs'>;
  quota: QuotaService;
  unclaimed: UnclaimedService;
  rights: (context: Context) => Record<string, Right>;
  policy: () => z.infer<typeof policySchema>;
  createSignInCode: () => Promise<string>;
  exchangeSignInCode: (code: string) => Promise<SignedIn>;
  measureHost: (context: Context, hostId: string) => Promise<KnownHost>;
  /** What compute calls a host towards a project. */
  hostIdOf: (hostId: string, projectId: string) => string;
  limits: (projectId: string, userId: string | null) => Promise<Limits['limits']>;
  catalog: {
    list: (context: Context) => Promise<unknown[]>;
    import: (
      context: Context,
      entryId: string,
      visibility: 'public' | 'private',
    ) => Promise<{ task: unknown; imageId: string }>;
  };
  access: (context: Context, serverId: string) => Promise<ServerAccess>;
  screenshot: (context: Context, serverId: string) => Promise<Buffer>;
  powerOff: (
    context: Context,
    serverId: string,
    options: { graceful: boolean; timeoutSeconds: number },
  ) => Promise<unknown>;
}

type AnyRequest = Pick<ApiRequest<unknown, unknown>, 'context' | 'params' | 'allows'>;

/** `/v1`: what OpenStack has no word for; see contract/v1.ts. */
export function v1Routes(parts: V1Parts): ServiceDefinition {
  const { tasks, events, scheduler } = parts;
  const hostFor =
    ({ projectId }: Context) =>
    (host: KnownHost): HostView => ({
      ...host,
      projectHostId: projectId === null ? '' : parts.hostIdOf(host.id, projectId),
    });
  const visibleTo = ({ context, allows }: AnyRequest, rule: string) =>
    allows(rule) ? ('all' as const) : context.projectId;
  /** What one may not do to another project's task is a 404, as if it were not there. */
  const findTask = async ({ params, allows }: AnyRequest, rule: string) => {
    const task = await tasks.find(params.id ?? '');
    if (!task || !allows(rule, { project_id: task.projectId })) {
      throw new UserError('not_found', `Task ${params.id} could not be found.`);
    }
    return task;
  };
  return {
    name: 'v1',
    prefix: '/v1',
    root: '/v1',
    faults: 'v1',
    routes: [
      ...auditRoutes(parts.audit),
      ...backupRoutes(parts.backups),
      ...oidcSignInRoutes(parts.identity),
      ...ldapRoutes(parts.identity),
      ...quotaRoutes(parts.quota),
      ...unclaimedRoutes(parts.unclaimed),
      route({
        method: 'GET',
        path: '/status',
        rule: 'v1:status',
        isPublic: true,
        answer: statusSchema,
        handler: async () => parts.status,
      }),
      route({
        method: 'GET',
        path: '/rights',
        rule: 'v1:rights:show',
        answer: rightsSchema,
        handler: async ({ context }) => ({ rights: parts.rights(context) }),
      }),
      route({
        method: 'GET',
        path: '/policy',
        rule: 'v1:policy:show',
        answer: policySchema,
        handler: async () => parts.policy(),
      }),
      route({
        method: 'POST',
        path: '/sign-in',
        rule: 'v1:sign_in',
        isSignIn: true,
        isPublic: true,
        body: signInSchema,
        status: 201,
        answer: signedInSchema,
        handler: ({ body }) => parts.exchangeSignInCode(body.code),
      }),
      route({
        method: 'POST',
        path: '/sign-in-codes',
        rule: 'v1:sign_in_codes:create',
        delegated: THE_USER,
        status: 201,
        answer: signInCodeSchema,
        handler: async ({ origin }) => ({ url: `${origin}/#code=${await parts.createSignInCode()}` }),
      }),
      route({
        method: 'GET',
        path: '/tasks',
        rule: 'v1:tasks:list',
        query: taskQuerySchema,
        answer: taskListSchema,
        handler: async (request) => {
          const { query } = request;
          const visible = visibleTo(request, 'v1:tasks:list:all_projects');
          const list = await tasks.list({ ...query, limit: query.limit + 1, visibleTo: visible });
          const page = list.slice(0, query.limit);
          return { tasks: page, next: list.length > query.limit ? page.at(-1)?.id : null };
        },
      }),
      route({
        method: 'GET',
        path: '/tasks/:id',
        rule: 'v1:tasks:show',
        answer: taskViewSchema,
        handler: (request) => findTask(request, 'v1:tasks:show'),
      }),
      route({
        method: 'POST',
        path: '/tasks/:id/cancel',
        rule: 'v1:tasks:cancel',
        status: 202,
        answer: taskViewSchema,
        handler: async (request) => tasks.cancel((await findTask(request, 'v1:tasks:cancel')).id),
      }),
      route({
        method: 'GET',
        path: '/event-log',
        rule: 'v1:event_log:list',
        query: eventLogQuerySchema,
        answer: eventLogSchema,
        handler: async (request) => {
          const { query } = request;
          const visible = visibleTo(request, 'v1:event_log:list:all_projects');
          const list = await events.list({
            ...query,
            withoutRoutine: true,
            limit: query.limit + 1,
            visibleTo: visible,
          });
          const page = list.slice(0, query.limit);
          return { events: page, next: list.length > query.limit ? page.at(-1)?.id : null };
        },
      }),
      route({
        method: 'GET',
        path: '/hosts',
        rule: 'v1:hosts:list',
        answer: hostListSchema,
        handler: async ({ context }) => ({ hosts: (await scheduler.listHosts()).map(hostFor(context)) }),
      }),
      route({
        method: 'GET',
        path: '/hosts/:id',
        rule: 'v1:hosts:show',
        answer: hostViewSchema,
        handler: async ({ context, params }) => hostFor(context)(await scheduler.showHost(params.id ?? '')),
      }),
      route({
        method: 'POST',
        path: '/hosts/:id/measure',
        rule: 'v1:hosts:measure',
        answer: hostViewSchema,
        handler: async ({ context, params }) => hostFor(context)(await parts.measureHost(context, params.id ?? '')),
      }),
      route({
        method: 'GET',
        path: '/image-catalog',
        rule: 'v1:image_catalog:list',
        answer: catalogListSchema,
        handler: async ({ context }) => ({ entries: await parts.catalog.list(context) }),
      }),
      route({
        method: 'POST',
        path: '/image-catalog/:id/import',
        rule: 'v1:image_catalog:import',
        isLongWork: true,
        status: 202,
        answer: catalogImportSchema,
        summary: 'Of whoever may publish images the image is public, else private.',
        handler: ({ context, params, allows }) =>
          parts.catalog.import(context, params.id ?? '', allows('publicize_image') ? 'public' : 'private'),
      }),
      route({
        method: 'GET',
        path: '/servers/:id/access',
        rule: 'v1:servers:access',
        answer: serverAccessSchema,
        handler: ({ context, params }) => parts.access(context, params.id ?? ''),
      }),
      route({
        method: 'GET',
        path: '/servers/:id/screenshot',
        rule: 'v1:servers:screenshot',
        answerTypes: ['image/png'],
        handler: async ({ context, params, reply }) => {
          const png = await parts.screenshot(context, params.id ?? '');
          reply.type('image/png').header('cache-control', 'no-store');
          return png;
        },
      }),
      route({
        method: 'POST',
        path: '/servers/:id/power-off',
        rule: 'v1:servers:power_off',
        isLongWork: true,
        body: powerOffSchema,
        status: 202,
        answer: taskViewSchema,
        handler: ({ context, params, body }) => parts.powerOff(context, params.id ?? '', body),
      }),
      route({
        method: 'GET',
        path: '/limits',
        rule: 'v1:limits:show',
        answer: limitsSchema,
        handler: async ({ context }) => ({ limits: await parts.limits(requireProject(context), context.userId) }),
      }),
    ],
  };
}
