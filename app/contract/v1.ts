import { z } from 'zod';
import { eventViewSchema } from './event.ts';
import { hostFactsSchema } from './host.ts';
import { taskViewSchema } from './task.ts';

/**
 * `/v1`: what OpenStack has no word for. All need `X-Auth-Token` except `status` and `sign-in`. Field names are
 * camelCase here (OpenStack's APIs keep their own snake_case). Lists answer `{ <things>: [...], next: marker|null }`.
 *
 *   GET    /v1/status                       {@link statusSchema}; no token needed
 *   POST   /v1/sign-in                      {@link signInSchema} -> 201 {@link signedInSchema}; a code works once
 *   GET    /v1/sign-in/providers            { providers: [{ id, name, kind }] }: what there is beside name and password
 *   POST   /v1/sign-in/oidc                 { provider, redirect? } -> { url, state }: send the browser to `url`; it comes back to `/#code=`
 *   POST   /v1/sign-in/oidc/wait            { state } -> { code | null }: with `redirect: 'wait'`, for a window beside the browser
 *   POST   /v1/sign-in/oidc/device[/token]  the device flow, for the command line
 *   GET    /v1/tasks                        query {@link taskQuerySchema} -> {@link taskListSchema}, newest first
 *   GET    /v1/tasks/:id                    {@link taskViewSchema}
 *   POST   /v1/tasks/:id/cancel             202 {@link taskViewSchema}; 409 where it cannot be cancelled
 *   GET    /v1/events                       WebSocket, sub-protocols `cumulet.events.v1` and `token.<token>`; frames of event.ts; `?after=`
 *   GET    /v1/event-log                    query {@link eventLogQuerySchema} -> {@link eventLogSchema}, newest first
 *                                           without reports that come again and again, unless by `resourceId`
 *   GET    /v1/hosts, /v1/hosts/:id         {@link hostListSchema}, {@link hostViewSchema}
 *   POST   /v1/hosts/:id/measure            200 {@link hostViewSchema}: the agent measures again (preflight "check again")
 *   GET    /v1/unclaimed                    unclaimed.ts: what was found and nobody knows; administrators only
 *   POST   /v1/unclaimed/:id/adopt          { projectId } -> 202: a server or an image of that project, as it is
 *   DELETE /v1/unclaimed/:id?name=          by its name; it goes at once, or when its host is there
 *   GET    /v1/image-catalog                { entries: [{@link catalogEntrySchema}] }
 *   POST   /v1/image-catalog/:id/import     202 { task, imageId }: download or build, verify, then an active image
 *   POST   /v1/sign-in-codes                201 { url }: a link that signs the administrator in, once; administrators only
 *   GET    /v1/servers/:id/access           {@link serverAccessSchema}: how to reach into the guest
 *   POST   /v1/servers/:id/power-off        202; body {@link powerOffSchema}: shut down by power button, or force off
 *   GET    /v1/servers/:id/guest            guest.ts: whether the guest agent answers, and what the guest tells of itself
 *   GET    /v1/servers/:id/hardware         machine-hardware.ts: what it is made of, as its host has it written down
 *   POST   /v1/servers/:id/safely           202; body and answer as Nova's action: it is done once a snapshot is made, kept for 7 days
 *   GET    /v1/servers/:id/statistics       machine-statistics.ts: what it used in the last hour, for charts
 *   GET    /v1/servers/:id/startup          startup.ts: whether, when and after what it starts with its host; PUT says so
 *   GET    /v1/startup-order                startup.ts: the project's machines in waves, `?group=` those with a tag
 *   GET    /v1/machine-groups               startup.ts: tags; POST /v1/machine-groups/:name/start and /stop 202 a task
 *   GET    /v1/servers/:id/screenshot       image/png of the screen now; 409 when it does not run
 *   GET    /v1/verbs                        verbs.ts: what can be done to servers, when, and how it is offered
 *   GET    /v1/audit                        query and answer of audit.ts: who did what, newest first; your own, or more by right
 *   GET    /v1/audit/export                 the same as a file, `?format=csv|json` (a record a line)
 *   GET    /v1/backups                      backup.ts: the last one, those that are here; POST 202 makes one, DELETE /v1/backups/:id
 *   GET    /v1/backups/:id/file             the bytes of one
 *   GET    /v1/quotas/:project_id           quota.ts: limits of all services with use; PUT sets some, DELETE goes back to the defaults
 *   GET    /v1/domains/:id/ldap             ldap.ts: the LDAP server the domain's people live in, and how it does
 *   POST   /v1/domains/:id/ldap/test        ldap.ts: whom one would find there with other options
 *   GET    /v1/rights                       { rights: { <policy rule>: { allowed, needs } } } of the token
 *   GET    /v1/limits                       {@link limitsSchema}: used and allowed in the token's project
 */
export const statusSchema = z.object({
  name: z.literal('Cumulet'),
  version: z.string(),
  controllerId: z.string(),
  platform: z.string(),
  startedAt: z.string(),
});
export type Status = z.infer<typeof statusSchema>;

export const signInSchema = z.strictObject({ code: z.string().min(1).max(200) });
export const signedInSchema = z.object({
  token: z.string(),
  expiresAt: z.string(),
  user: z.object({ id: z.string(), name: z.string() }),
  /** Null for people who have no role in any project (yet). */
  project: z.object({ id: z.string(), name: z.string() }).nullable(),
  roles: z.array(z.string()),
});
export type SignedIn = z.infer<typeof signedInSchema>;

export const taskQuerySchema = z.strictObject({
  state: z.enum(['active', 'finished']).optional(),
  subjectId: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  marker: z.string().optional(),
});
export const taskListSchema = z.object({ tasks: z.array(taskViewSchema), next: z.string().nullable() });
export type TaskList = z.infer<typeof taskListSchema>;

export const eventLogQuerySchema = z.strictObject({
  resourceType: z.string().optional(),
  resourceId: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  before: z.coerce.number().int().optional(),
});
export const eventLogSchema = z.object({ events: z.array(eventViewSchema), next: z.number().nullable() });
export type EventLog = z.infer<typeof eventLogSchema>;

export const hostViewSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    state: z.enum(['up', 'down']),
    /** No connection leads there at this moment. For a while it still counts as up: what is placed there waits for it. */
    isAway: z.boolean(),
    /** `hostId` of the servers on it that are of the caller's project, as compute shows it; '' without a project. */
    projectHostId: z.string(),
    /** Since when it is up or down. */
    since: z.string(),
    lastSeenAt: z.string().nullable(),
    /** Availability zone. */
    zone: z.string(),
    /** Null: it takes new machines; '' where nobody said why it does not. */
    disabledReason: z.string().nullable(),
    /** An administrator said that it counts as down. */
    isForcedDown: z.boolean(),
    facts: hostFactsSchema.nullable(),
    allocated: z.object({ vcpus: z.number(), memoryMib: z.number(), diskGib: z.number(), machines: z.number() }),
    ratios: z.object({ vcpus: z.number(), memory: z.number(), disk: z.number() }),
  })
  .meta({ title: 'HostView' });
export type HostView = z.infer<typeof hostViewSchema>;
/** A host, whoever asks. */
export type KnownHost = Omit<HostView, 'projectHostId'>;
export const hostListSchema = z.object({ hosts: z.array(hostViewSchema) });

export const catalogEntrySchema = z
  .object({
    id: z.string(),
    /** `debian`, `ubuntu`, `fedora`, `alpine`, `cirros`, `cumulet`, ...: picks the icon. */
    family: z.string(),
    name: z.string(),
    version: z.string(),
    summary: z.string(),
    arch: z.string(),
    diskFormat: z.enum(['qcow2', 'raw', 'iso']),
    /** Null for the built-in one, which is made on this computer. */
    url: z.string().nullable(),
    /** Where the checksum is read when it is not fixed, as the distribution publishes it. */
    checksum: z.object({
      algorithm: z.enum(['sha256', 'sha512']),
      value: z.string().nullable(),
      url: z.string().nullable(),
    }),
    /** Approximate bytes to download. */
    size: z.number().int().nullable(),
    minDiskGib: z.number().int(),
    minRamMib: z.number().int(),
    /** Account the image lets in, for the "how to sign in" hint. */
    defaultUser: z.string().nullable(),
    properties: z.record(z.string(), z.string()),
    builtIn: z.boolean(),
    /** The active image made from this entry, if there is one in reach. */
    imageId: z.string().nullable(),
    /** The running import, if any. */
    taskId: z.string().nullable(),
  })
  .meta({ title: 'CatalogEntry' });
export type CatalogEntry = z.infer<typeof catalogEntrySchema>;

/** `forwards`: addresses of the host that lead to a port of the guest, such as SSH. */
export const serverAccessSchema = z.object({
  forwards: z.array(z.object({ guestPort: z.number().int(), hostAddress: z.string(), hostPort: z.number().int() })),
  /** Account the image lets in by key, where that is known. */
  defaultUser: z.string().nullable(),
});
export type ServerAccess = z.infer<typeof serverAccessSchema>;

export const powerOffSchema = z.strictObject({
  /** Press the power button and wait; false cuts the power at once. */
  graceful: z.boolean().default(true),
  timeoutSeconds: z.number().int().min(1).max(3600).default(60),
});

export const limitsSchema = z.object({
  limits: z.record(z.string(), z.object({ limit: z.number().int(), used: z.number().int() })),
});
/** Keys: `instances`, `cores`, `ram` (MiB), `key_pairs`, `images`, `image_size_total` (MiB), `ports`. -1 is unlimited. */
export type Limits = z.infer<typeof limitsSchema>;

export const signInCodeSchema = z.object({ url: z.string() });
export const catalogListSchema = z.object({ entries: z.array(catalogEntrySchema) });
export const catalogImportSchema = z.object({ task: taskViewSchema.nullable(), imageId: z.string() });
/** The rules as they hold; `default` is what the code says of those that `policy.yaml` changes, null of its own. */
export const policySchema = z.object({
  problem: z.string().nullable().meta({ description: 'Why policy.yaml is not used as it is now.' }),
  unknown: z.array(z.string()).meta({ description: 'Rules of policy.yaml that no service asks about.' }),
  rules: z.array(z.object({ name: z.string(), check: z.string(), default: z.string().nullable() })),
});
export const rightsSchema = z.object({
  rights: z.record(z.string(), z.object({ allowed: z.boolean(), needs: z.string().nullable() })),
});
