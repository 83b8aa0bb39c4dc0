import { createHash } from 'node:crypto';
import type { Context } from '../contract/context.ts';
import { POWER_STATE } from '../contract/machine.ts';
import type { ActionRequest } from '../http/action.ts';
import type { Microversion } from '../http/microversion.ts';
import type { HostClaims } from './collaborators.ts';
import type { HostOrders } from './host-orders.ts';
import { isoMicroseconds, isoSeconds } from './nova-time.ts';
import { type Addresses, isLeftOutOfUpdate, type ServerSummary, type ServerView } from './server.schema.ts';
import { statusOf } from './server.state.ts';
import type { ServerRecord } from './server.tables.ts';

/** What a view depends on besides the server. */
export interface ViewFrame {
  context: Context;
  /** Scheme and host of the request, for links. */
  origin: string;
  version: Microversion;
  isHostUp: (hostId: string) => boolean;
  hostName: (hostId: string) => string;
  zoneOf: (hostId: string) => string;
  /** `os-extended-server-attributes` */
  showsAttributes: boolean;
  /** `servers:show:host_status`, or only that nothing is known of it: `servers:show:host_status:unknown-only`. */
  showsHostStatus: boolean | 'unknown-only';
}

export function viewFrame(
  { orders, claims }: { orders: HostOrders; claims: HostClaims },
  { context, origin, version, allows }: Pick<ActionRequest, 'context' | 'origin' | 'version' | 'allows'>,
): ViewFrame {
  return {
    context,
    origin,
    version,
    showsAttributes: allows('os_compute_api:os-extended-server-attributes'),
    showsHostStatus:
      allows('os_compute_api:servers:show:host_status') ||
      (allows('os_compute_api:servers:show:host_status:unknown-only') && 'unknown-only'),
    isHostUp: (hostId) => orders.isUp(hostId),
    hostName: (hostId) => claims.nameOf(hostId),
    zoneOf: (hostId) => claims.zoneOf(hostId),
  };
}

const PROGRESS_STATUSES = ['ACTIVE', 'BUILD', 'REBUILD', 'RESIZE', 'VERIFY_RESIZE'];
/** Nova shows faults of ERROR and DELETED; here also why a machine stopped by itself. */
const FAULT_STATUSES = ['ERROR', 'DELETED', 'SHUTOFF'];

export function serverLinks(origin: string, id: string) {
  return [
    { rel: 'self', href: `${origin}/compute/v2.1/servers/${id}` },
    { rel: 'bookmark', href: `${origin}/compute/servers/${id}` },
  ];
}

export function basicView(frame: ViewFrame, server: ServerRecord): ServerSummary {
  return { id: server.id, name: server.name, links: serverLinks(frame.origin, server.id) };
}

/** The whole server as `GET /servers/detail` has it in that microversion. */
export function detailView(frame: ViewFrame, server: ServerRecord, addresses: Addresses): ServerView {
  const { isAdmin } = frame.context;
  const status = server.deletedAt === null ? statusOf(server.vmState, server.taskState) : 'DELETED';
  return {
    id: server.id,
    name: server.name,
    status,
    tenant_id: server.projectId,
    user_id: server.userId,
    metadata: server.metadata,
    hostId: hostIdOf(server.hostId, server.projectId),
    image: imageView(frame, server),
    flavor: flavorView(frame, server),
    created: isoSeconds(server.createdAt),
    updated: isoSeconds(server.updatedAt),
    // As in Nova, a server that is being built shows none yet.
    addresses: server.vmState === 'building' ? {} : addresses,
    accessIPv4: server.accessIpv4,
    accessIPv6: server.accessIpv6,
    links: serverLinks(frame.origin, server.id),
    'OS-DCF:diskConfig': server.diskConfig,
    'OS-EXT-AZ:availability_zone': server.hostId === null ? server.availabilityZone : frame.zoneOf(server.hostId),
    config_drive: server.configDrive ? 'True' : '',
    key_name: server.keyName,
    'OS-SRV-USG:launched_at': server.launchedAt && isoMicroseconds(server.launchedAt),
    'OS-SRV-USG:terminated_at': server.terminatedAt && isoMicroseconds(server.terminatedAt),
    security_groups: [{ name: 'default' }],
    'OS-EXT-STS:task_state': server.taskState,
    'OS-EXT-STS:vm_state': server.vmState,
    'OS-EXT-STS:power_state': POWER_STATE[server.powerState],
    'os-extended-volumes:volumes_attached': [],
    ...(PROGRESS_STATUSES.includes(status) && { progress: status === 'ACTIVE' ? 100 : 0 }),
    ...(server.fault !== null && FAULT_STATUSES.includes(status) && { fault: faultView(server.fault, isAdmin) }),
    ...(frame.showsAttributes && administratorView(frame, server)),
    ...laterFields(frame, server),
  };
}

/** What only `GET /servers/{id}` shows, and `PUT` from 2.75. */
export function showView(frame: ViewFrame, server: ServerRecord, addresses: Addresses): ServerView {
  const view = detailView(frame, server, addresses);
  return frame.version >= 71 ? { ...view, server_groups: server.groupId === null ? [] : [server.groupId] } : view;
}

/** Before 2.75 the answer to `PUT` lacks what were extensions once. */
export function updateView(frame: ViewFrame, server: ServerRecord, addresses: Addresses): Record<string, unknown> {
  const view = showView(frame, server, addresses);
  if (frame.version >= 75) return view;
  const kept = Object.entries(view).filter(([name]) => !isLeftOutOfUpdate(name));
  return { ...Object.fromEntries(kept), addresses: plainAddresses(view.addresses) };
}

/** What `rebuild` answers: that of `PUT`, and what it may have changed beside. */
export function rebuiltView(frame: ViewFrame, server: ServerRecord, addresses: Addresses, adminPass: string) {
  const { 'OS-EXT-SRV-ATTR:user_data': _, ...view } = updateView(frame, server, addresses);
  return {
    ...view,
    ...(frame.version >= 54 && { key_name: server.keyName }),
    ...(frame.version >= 57 && { user_data: server.userData }),
    adminPass,
  };
}

/** Without the card's address and the kind of address: `GET /servers/{id}/ips`. */
export function plainAddresses(addresses: Addresses) {
  return Object.fromEntries(
    Object.entries(addresses).map(([network, list]) => [network, list.map(({ version, addr }) => ({ version, addr }))]),
  );
}

/** Nova's obfuscated host: the same for a project's servers on one host, different between projects. */
export function hostIdOf(hostId: string | null, projectId: string): string {
  if (hostId === null) return '';
  const text = `${projectId}${hostId}`;
  const known = hashes.get(text);
  if (known !== undefined) return known;
  const hash = createHash('sha224').update(text).digest('hex');
  if (hashes.size >= KEPT_HASHES) hashes.clear();
  hashes.set(text, hash);
  return hash;
}

/** A page repeats few pairs of project and host many times. */
const hashes = new Map<string, string>();
const KEPT_HASHES = 10_000;

function imageView(frame: ViewFrame, server: ServerRecord) {
  if (server.imageId === null) return '';
  const href = `${frame.origin}/compute/images/${server.imageId}`;
  return { id: server.imageId, links: [{ rel: 'bookmark', href }] };
}

function flavorView(frame: ViewFrame, { flavor }: ServerRecord) {
  if (frame.version < 47) {
    const href = `${frame.origin}/compute/flavors/${flavor.id}`;
    return { id: flavor.id, links: [{ rel: 'bookmark', href }] };
  }
  const { vcpus, ram, disk, ephemeral, swap, name, extra_specs } = flavor;
  return { vcpus, ram, disk, ephemeral, swap, original_name: name, extra_specs };
}

function faultView(fault: NonNullable<ServerRecord['fault']>, isAdmin: boolean) {
  const { code, message, details } = fault;
  const mayShow = details !== undefined && (isAdmin || code !== 500);
  return { code, created: isoSeconds(fault.created), message, ...(mayShow && { details }) };
}

function administratorView(frame: ViewFrame, server: ServerRecord) {
  const { version } = frame;
  const short = server.id.slice(0, 8);
  const host = server.hostId && frame.hostName(server.hostId);
  const view = {
    'OS-EXT-SRV-ATTR:host': host,
    'OS-EXT-SRV-ATTR:instance_name': `instance-${short}`,
    'OS-EXT-SRV-ATTR:hypervisor_hostname': host,
  };
  if (version < 3) return view;
  return {
    ...view,
    'OS-EXT-SRV-ATTR:hostname': server.hostname,
    'OS-EXT-SRV-ATTR:kernel_id': '',
    'OS-EXT-SRV-ATTR:launch_index': server.launchIndex,
    'OS-EXT-SRV-ATTR:ramdisk_id': '',
    'OS-EXT-SRV-ATTR:reservation_id': server.reservationId,
    'OS-EXT-SRV-ATTR:root_device_name': '/dev/vda',
    'OS-EXT-SRV-ATTR:user_data': server.userData,
  };
}

/** Fields that microversions added, oldest first. */
function laterFields(frame: ViewFrame, server: ServerRecord) {
  const { version } = frame;
  const host = hostStatus(frame, server.hostId);
  const mayShowHost = frame.showsHostStatus === 'unknown-only' ? host === 'UNKNOWN' : frame.showsHostStatus;
  return {
    ...(version >= 9 && { locked: server.lockedBy !== null }),
    ...(version >= 16 && mayShowHost && { host_status: host }),
    ...(version >= 19 && { description: server.description }),
    ...(version >= 26 && { tags: server.tags }),
    ...(version >= 63 && { trusted_image_certificates: null }),
    ...(version >= 73 && { locked_reason: server.lockedReason }),
    ...(version >= 90 && { 'OS-EXT-SRV-ATTR:hostname': server.hostname }),
    ...(version >= 96 && { pinned_availability_zone: server.availabilityZone || null }),
  };
}

function hostStatus(frame: ViewFrame, hostId: string | null): 'UP' | 'UNKNOWN' | '' {
  if (hostId === null) return '';
  return frame.isHostUp(hostId) ? 'UP' : 'UNKNOWN';
}
