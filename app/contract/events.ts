/**
 * What the dashboard holds of the cloud's answers, by the names of its query keys; an event says what of it is old. A
 * resource that is defined for the renderer's kernel says so itself (`events`) and is not listed here.
 */
export type DashboardPart =
  | 'account'
  | 'assignments'
  | 'backups'
  | 'catalog'
  | 'domains'
  | 'groups'
  | 'hosts'
  | 'limits'
  | 'projects'
  | 'roles'
  | 'signInProviders'
  | 'unclaimed'
  | 'users';

interface EventKind<Resource extends string> {
  /** What kind of thing the event is about. */
  readonly resource: Resource;
  /** What the dashboard reads again beside that thing itself. */
  readonly refreshes: readonly DashboardPart[];
  /** Comes by itself again and again: told to who listens and to who asks about that thing, left out of everybody's log. */
  readonly isRoutine?: true;
}

/** Keystone's words, behind `identity.<thing>.`. */
const IDENTITY_CHANGES = ['created', 'updated', 'deleted'] as const;
export type IdentityChange = (typeof IDENTITY_CHANGES)[number];

/** Nova's words for an order: given, carried out, failed. */
const ORDER_NEWS = ['start', 'end', 'error'] as const;

/**
 * Every event there is. `EventService.record` takes only these names, each has a text in every language
 * (`activity:eventName`), and the dashboard refreshes by them. OpenStack's notification names where it has them.
 */
export const EVENTS = {
  ...kinds(
    'compute.instance',
    ['create.start', 'create.end', 'create.error', 'delete.start', 'delete.end', 'delete.error'],
    { resource: 'server', refreshes: ['limits', 'hosts'] },
  ),
  ...kinds('compute.instance', ['update', 'change_password', 'lock', 'unlock', 'watchdog'], {
    resource: 'server',
    refreshes: [],
  }),
  ...kinds('compute.instance.power_on', ORDER_NEWS, { resource: 'server', refreshes: [] }),
  ...kinds('compute.instance.power_off', ORDER_NEWS, { resource: 'server', refreshes: [] }),
  ...kinds('compute.instance.reboot', ORDER_NEWS, { resource: 'server', refreshes: [] }),
  ...kinds('compute.instance.pause', ORDER_NEWS, { resource: 'server', refreshes: [] }),
  ...kinds('compute.instance.unpause', ORDER_NEWS, { resource: 'server', refreshes: [] }),
  ...kinds('compute.instance.suspend', ORDER_NEWS, { resource: 'server', refreshes: [] }),
  ...kinds('compute.instance.resume', ORDER_NEWS, { resource: 'server', refreshes: [] }),
  ...kinds('compute.instance.soft_delete', ORDER_NEWS, { resource: 'server', refreshes: ['limits'] }),
  ...kinds('compute.instance.restore', ORDER_NEWS, { resource: 'server', refreshes: ['limits'] }),
  ...kinds('compute.instance.rebuild', ORDER_NEWS, { resource: 'server', refreshes: ['hosts'] }),
  ...kinds('compute.instance.rescue', ORDER_NEWS, { resource: 'server', refreshes: [] }),
  ...kinds('compute.instance.unrescue', ORDER_NEWS, { resource: 'server', refreshes: [] }),
  ...kinds('compute.instance.interface_attach', ORDER_NEWS, { resource: 'server', refreshes: ['limits'] }),
  ...kinds('compute.instance.interface_detach', ORDER_NEWS, { resource: 'server', refreshes: ['limits'] }),
  ...kinds('compute.instance', ['create_ip.end', 'delete_ip.end'], { resource: 'server', refreshes: [] }),
  ...kinds('compute.instance.trigger_crash_dump', ORDER_NEWS, { resource: 'server', refreshes: [] }),
  ...kinds('compute.instance.snapshot', ORDER_NEWS, { resource: 'server', refreshes: ['limits'] }),
  ...kinds('compute.instance.shelve', ORDER_NEWS, { resource: 'server', refreshes: ['limits'] }),
  ...kinds('compute.instance.shelve_offload', ORDER_NEWS, { resource: 'server', refreshes: ['hosts'] }),
  ...kinds('compute.instance.unshelve', ORDER_NEWS, { resource: 'server', refreshes: ['limits', 'hosts'] }),
  ...kinds('compute.instance.resize', ORDER_NEWS, { resource: 'server', refreshes: ['limits'] }),
  ...kinds('compute.instance.finish_resize', ORDER_NEWS, { resource: 'server', refreshes: ['limits'] }),
  ...kinds('compute.instance.resize.confirm', ORDER_NEWS, { resource: 'server', refreshes: ['limits'] }),
  ...kinds('compute.instance.resize.revert', ORDER_NEWS, { resource: 'server', refreshes: ['limits'] }),
  ...kinds('compute.instance.startup', ['update', 'timeout', 'skip'], { resource: 'server', refreshes: [] }),
  ...kinds('flavor', ['create', 'update', 'delete'], { resource: 'flavor', refreshes: [] }),
  ...kinds('keypair', ['create.end', 'import.end', 'delete.end'], {
    resource: 'keypair',
    refreshes: ['limits'],
  }),
  ...kinds('server_group', ['create', 'delete'], {
    resource: 'server_group',
    refreshes: ['limits'],
  }),
  ...kinds(
    'aggregate',
    ['create.end', 'update_prop.end', 'update_metadata.end', 'add_host.end', 'remove_host.end', 'delete.end'],
    { resource: 'aggregate', refreshes: ['hosts'] },
  ),
  ...kinds('service', ['update', 'delete'], { resource: 'host', refreshes: ['hosts'] }),
  ...kinds('host', ['create', 'up', 'away', 'down'], { resource: 'host', refreshes: [] }),
  ...kinds('host', ['update'], { resource: 'host', refreshes: [], isRoutine: true }),
  ...kinds('unclaimed', ['update', 'adopt', 'delete'], { resource: 'unclaimed', refreshes: ['unclaimed'] }),

  ...kinds('image', ['create', 'prepare', 'upload', 'activate', 'update', 'delete'], {
    resource: 'image',
    refreshes: ['catalog', 'limits'],
  }),
  ...kinds('image.member', ['create', 'update', 'delete'], { resource: 'image', refreshes: [] }),
  ...kinds('metadef_namespace', ['create', 'update', 'delete'], { resource: 'metadef_namespace', refreshes: [] }),
  ...kinds('metadef_object', ['create', 'update', 'delete'], { resource: 'metadef_object', refreshes: [] }),
  ...kinds('metadef_property', ['create', 'update', 'delete'], { resource: 'metadef_property', refreshes: [] }),
  ...kinds('metadef_tag', ['create', 'update', 'delete'], { resource: 'metadef_tag', refreshes: [] }),
  ...kinds('metadef_resource_type', ['create', 'delete'], { resource: 'metadef_resource_type', refreshes: [] }),

  ...kinds('volume_type', ['create', 'update', 'delete'], { resource: 'volume_type', refreshes: [] }),
  ...kinds('volume_type_extra_specs', ['create', 'update', 'delete'], { resource: 'volume_type', refreshes: [] }),
  ...kinds('volume_type_project.access', ['add', 'remove'], { resource: 'volume_type', refreshes: [] }),
  ...kinds('default_type', ['create', 'update', 'delete'], { resource: 'default_type', refreshes: [] }),
  ...kinds(
    'qos_specs',
    ['create', 'update', 'delete', 'delete_keys', 'associate', 'disassociate', 'disassociate_all'],
    { resource: 'qos_specs', refreshes: [] },
  ),
  ...kinds('group_type', ['create', 'update', 'delete'], { resource: 'group_type', refreshes: [] }),
  ...kinds('group_type_specs', ['create', 'update', 'delete'], { resource: 'group_type', refreshes: [] }),

  ...kinds('resource_provider', ['create', 'update', 'delete'], { resource: 'resource_provider', refreshes: [] }),
  ...kinds('allocation', ['update', 'delete'], { resource: 'allocation', refreshes: [] }),

  ...kinds('network', ['create.end', 'update.end', 'delete.end'], { resource: 'network', refreshes: ['limits'] }),
  ...kinds('subnet', ['create.end', 'update.end', 'delete.end'], { resource: 'subnet', refreshes: ['limits'] }),
  ...kinds('port', ['create.end', 'update.end', 'delete.end'], { resource: 'port', refreshes: ['limits'] }),

  ...kinds('identity.user', IDENTITY_CHANGES, {
    resource: 'user',
    refreshes: ['users', 'groups', 'projects', 'assignments'],
  }),
  ...kinds('identity.group', IDENTITY_CHANGES, {
    resource: 'group',
    refreshes: ['groups', 'users', 'assignments'],
  }),
  ...kinds('identity.project', IDENTITY_CHANGES, {
    resource: 'project',
    refreshes: ['projects', 'assignments'],
  }),
  ...kinds('identity.domain', IDENTITY_CHANGES, {
    resource: 'domain',
    refreshes: ['domains', 'projects', 'users', 'groups', 'assignments'],
  }),
  ...kinds('identity.role', IDENTITY_CHANGES, {
    resource: 'role',
    refreshes: ['roles', 'assignments'],
  }),
  ...kinds('identity.implied_role', ['created', 'deleted'], { resource: 'role', refreshes: ['roles', 'assignments'] }),
  ...kinds('identity.role_assignment', ['created', 'deleted'], {
    resource: 'role_assignment',
    refreshes: ['assignments', 'projects'],
  }),
  ...kinds('identity.application_credential', ['created', 'deleted'], {
    resource: 'application_credential',
    refreshes: ['account'],
  }),
  ...kinds('identity.credential', IDENTITY_CHANGES, { resource: 'credential', refreshes: ['account'] }),
  ...kinds('identity.OS-TRUST:trust', ['created', 'deleted'], { resource: 'trust', refreshes: [] }),
  ...kinds('identity.consumer', IDENTITY_CHANGES, { resource: 'consumer', refreshes: [] }),
  ...kinds('identity.access_token', ['created', 'deleted'], { resource: 'access_token', refreshes: [] }),
  ...kinds('identity.region', IDENTITY_CHANGES, { resource: 'region', refreshes: [] }),
  ...kinds('identity.service', IDENTITY_CHANGES, { resource: 'service', refreshes: [] }),
  ...kinds('identity.endpoint', IDENTITY_CHANGES, { resource: 'endpoint', refreshes: [] }),
  ...kinds('identity.endpoint_group', IDENTITY_CHANGES, { resource: 'endpoint_group', refreshes: [] }),
  ...kinds('identity.policy', IDENTITY_CHANGES, { resource: 'policy', refreshes: [] }),
  ...kinds('identity.registered_limit', IDENTITY_CHANGES, {
    resource: 'registered_limit',
    refreshes: [],
  }),
  ...kinds('identity.limit', IDENTITY_CHANGES, { resource: 'limit', refreshes: [] }),
  ...kinds('identity.identity_provider', IDENTITY_CHANGES, {
    resource: 'identity_provider',
    refreshes: ['signInProviders'],
  }),
  ...kinds('identity.protocol', IDENTITY_CHANGES, {
    resource: 'protocol',
    refreshes: ['signInProviders'],
  }),
  ...kinds('identity.mapping', IDENTITY_CHANGES, { resource: 'mapping', refreshes: [] }),
  ...kinds('identity.service_provider', IDENTITY_CHANGES, {
    resource: 'service_provider',
    refreshes: [],
  }),

  ...kinds('quota', ['update', 'delete'], { resource: 'quota', refreshes: ['limits'] }),
  ...kinds('backup', ['create', 'delete'], { resource: 'backup', refreshes: ['backups'] }),
} as const;

export type EventName = keyof typeof EVENTS;

/** The names below one, such as `power_off.end` below `compute.instance`. */
export type EventsBelow<Prefix extends string> = EventName extends infer Name
  ? Name extends `${Prefix}.${infer Rest}`
    ? Rest
    : never
  : never;

export const ROUTINE_EVENTS = Object.entries<EventKind<string>>(EVENTS)
  .filter(([, { isRoutine }]) => isRoutine)
  .map(([name]) => name);

/** A name as the log has it: earlier versions may have had others. */
export function isEventName(name: string): name is EventName {
  return Object.hasOwn(EVENTS, name);
}

/** Names of one prefix that are about the same and refresh the same. */
function kinds<Prefix extends string, Verb extends string, Resource extends string>(
  prefix: Prefix,
  verbs: readonly Verb[],
  kind: EventKind<Resource>,
): Record<`${Prefix}.${Verb}`, EventKind<Resource>> {
  const entries = verbs.map((verb) => [`${prefix}.${verb}`, kind]);
  return Object.fromEntries(entries) as Record<`${Prefix}.${Verb}`, EventKind<Resource>>;
}
