import { type ConsoleType, REMOTE_CONSOLES } from '../../app/contract/console.ts';
import type { FlavorView } from '../../app/contract/generated/compute/flavors.api.ts';
import type { KeypairView } from '../../app/contract/generated/compute/os-keypairs.api.ts';
import type {
  InstanceActionView,
  RemoteConsole,
  ServerStatus,
  ServerView,
} from '../../app/contract/generated/compute/servers.api.ts';
import type { GuestReport } from '../../app/contract/guest.ts';
import type { MachineHardware } from '../../app/contract/machine-hardware.ts';
import type { ServerStatistics } from '../../app/contract/machine-statistics.ts';
import type { ServerAccess } from '../../app/contract/v1.ts';
import type { VerbOffer } from '../../app/contract/verbs.ts';
import { type ListAsked, pageQuery } from './list-page.ts';
import { type AnswerOf, type ApiCall, type BodyOf, call, callRaw } from './request.ts';

/** Nova's `osapi_max_limit`. */
const PAGE_SIZE = 1000;

/** Every machine of the project, or for administrators of every project, read page by page; of one status if it is named. */
export async function listServers(
  signal?: AbortSignal,
  { isEverywhere = false, status }: { isEverywhere?: boolean; status?: ServerStatus } = {},
): Promise<ServerView[]> {
  const servers: ServerView[] = [];
  let marker: string | undefined;
  do {
    const query = { limit: PAGE_SIZE, marker, status, ...(isEverywhere && { all_tenants: '1' }) };
    const page = await call('GET /compute/v2.1/servers/detail', { query, signal });
    servers.push(...page.servers);
    const hasMore = page.servers_links?.some((link) => link.rel === 'next') ?? false;
    marker = hasMore ? page.servers.at(-1)?.id : undefined;
  } while (marker !== undefined);
  return servers;
}

export async function getServer(id: string, signal?: AbortSignal): Promise<ServerView> {
  return (await call('GET /compute/v2.1/servers/:serverId', { params: { serverId: id }, signal })).server;
}

type CreateServer = BodyOf<'POST /compute/v2.1/servers'>['server'];
/** Body of `POST /servers` as far as the dashboard uses it; without networks, the default one. */
export type NewServer = Pick<
  CreateServer,
  | 'name'
  | 'key_name'
  | 'user_data'
  | 'config_drive'
  | 'metadata'
  | 'description'
  | 'hostname'
  | 'adminPass'
  | 'min_count'
  | 'max_count'
  | 'availability_zone'
> & { imageRef: string; flavorRef: string; networks?: CreateServer['networks'] };

/** Into the server group, if one is named. Answers the id alone; the machine is `BUILD` from here on. */
export async function createServer(server: NewServer, groupId = ''): Promise<{ id: string; adminPass?: string }> {
  const hints = groupId === '' ? {} : { 'os:scheduler_hints': { group: groupId } };
  const body = { server: { networks: 'auto' as const, ...server }, ...hints };
  const answer = await call('POST /compute/v2.1/servers', { body });
  return 'server' in answer ? answer.server : { id: answer.reservation_id };
}

export async function updateServer(
  id: string,
  changes: { name?: string; description?: string | null },
): Promise<ServerView> {
  const params = { serverId: id };
  return (await call('PUT /compute/v2.1/servers/:serverId', { params, body: { server: changes } })).server;
}

export async function deleteServer(id: string): Promise<void> {
  await call('DELETE /compute/v2.1/servers/:serverId', { params: { serverId: id } });
}

/** At once, whatever the cloud keeps for a while. */
export async function forceDeleteServer(id: string): Promise<void> {
  const params = { serverId: id };
  await call('POST /compute/v2.1/servers/:serverId/action', { params, body: { forceDelete: null } });
}

/** Asks for a verb as it is offered. */
export async function doVerb(id: string, { path, body }: Pick<VerbOffer, 'path' | 'body'>): Promise<Response> {
  // Which route it is, the controller says.
  return await callRaw(`POST ${path}` as ApiCall, { params: { id }, body } as never);
}

/** Asks for a verb that makes an image; answers the image's id. */
export async function doImageVerb(id: string, offer: Pick<VerbOffer, 'path' | 'body'>): Promise<string | null> {
  const answer = (await (await doVerb(id, offer)).json().catch(() => ({}))) as { image_id?: string };
  return answer.image_id ?? null;
}

type ServerAction = BodyOf<'POST /compute/v2.1/servers/:serverId/action'>;
export type RebuildRequest = NonNullable<ServerAction['rebuild']>;

/** As an action of Nova's; it is done once a snapshot of the machine is made, which leads back. */
export async function doSafely(id: string, body: BodyOf<'POST /v1/servers/:id/safely'>) {
  return await call('POST /v1/servers/:id/safely', { params: { id }, body });
}

/** Answers the administrator's password. */
export async function rebuildServer(id: string, rebuild: RebuildRequest, isSafe = false): Promise<string> {
  const params = { serverId: id };
  const answer = isSafe
    ? await doSafely(id, { rebuild })
    : await call('POST /compute/v2.1/servers/:serverId/action', { params, body: { rebuild } });
  return 'server' in answer ? answer.server.adminPass : '';
}

/** As {@link rebuildServer}. */
export async function rescueServer(id: string, rescue: NonNullable<ServerAction['rescue']>): Promise<string> {
  const params = { serverId: id };
  const answer = await call('POST /compute/v2.1/servers/:serverId/action', { params, body: { rescue } });
  return 'adminPass' in answer ? answer.adminPass : '';
}

export async function resizeServer(id: string, flavorRef: string, isSafe = false): Promise<void> {
  const params = { serverId: id };
  if (isSafe) await doSafely(id, { resize: { flavorRef } });
  else await call('POST /compute/v2.1/servers/:serverId/action', { params, body: { resize: { flavorRef } } });
}

/** The last `length` lines of the serial console's log; all that is kept when left out. */
export async function getConsoleOutput(id: string, length?: number, signal?: AbortSignal): Promise<string> {
  const body = { 'os-getConsoleOutput': length === undefined ? {} : { length } };
  const answer = await call('POST /compute/v2.1/servers/:serverId/action', { params: { serverId: id }, body, signal });
  return 'output' in answer ? answer.output : '';
}

export async function createRemoteConsole(id: string, type: ConsoleType): Promise<RemoteConsole> {
  const body = { remote_console: REMOTE_CONSOLES[type] };
  const params = { serverId: id };
  return (await call('POST /compute/v2.1/servers/:serverId/remote-consoles', { params, body })).remote_console;
}

export async function listServerActions(id: string, signal?: AbortSignal): Promise<InstanceActionView[]> {
  const params = { serverId: id };
  return (await call('GET /compute/v2.1/servers/:serverId/os-instance-actions', { params, signal })).instanceActions;
}

export async function getServerAction(
  id: string,
  requestId: string,
  signal?: AbortSignal,
): Promise<InstanceActionView> {
  const name = 'GET /compute/v2.1/servers/:serverId/os-instance-actions/:requestId';
  return (await call(name, { params: { serverId: id, requestId }, signal })).instanceAction;
}

export async function setServerMetadata(id: string, metadata: Record<string, string>): Promise<void> {
  await call('PUT /compute/v2.1/servers/:serverId/metadata', { params: { serverId: id }, body: { metadata } });
}

export type Zone = AnswerOf<'GET /compute/v2.1/os-availability-zone'>['availabilityZoneInfo'][number];

/** Where hosts are; which those are, and whether they are up, where one may see it (`withHosts`). */
export async function listZones(withHosts: boolean, signal?: AbortSignal): Promise<Zone[]> {
  const answer = withHosts
    ? await call('GET /compute/v2.1/os-availability-zone/detail', { signal })
    : await call('GET /compute/v2.1/os-availability-zone', { signal });
  return answer.availabilityZoneInfo;
}

/** Public ones, and for administrators also those that are not. */
export async function listFlavors({ signal, ...asked }: ListAsked): Promise<FlavorView[]> {
  const query = { is_public: 'None', ...pageQuery(asked) };
  return (await call('GET /compute/v2.1/flavors/detail', { query, signal })).flavors;
}

export async function getFlavor(id: string, signal?: AbortSignal): Promise<FlavorView> {
  return (await call('GET /compute/v2.1/flavors/:flavorId', { params: { flavorId: id }, signal })).flavor;
}

export type NewFlavor = BodyOf<'POST /compute/v2.1/flavors'>['flavor'];

export async function createFlavor(flavor: NewFlavor): Promise<FlavorView> {
  return (await call('POST /compute/v2.1/flavors', { body: { flavor } })).flavor;
}

export async function updateFlavor(id: string, description: string | null): Promise<FlavorView> {
  const body = { flavor: { description } };
  return (await call('PUT /compute/v2.1/flavors/:flavorId', { params: { flavorId: id }, body })).flavor;
}

export async function deleteFlavor(id: string): Promise<void> {
  await call('DELETE /compute/v2.1/flavors/:flavorId', { params: { flavorId: id } });
}

export async function listKeypairs({ signal, ...asked }: ListAsked): Promise<KeypairView[]> {
  const { limit, marker } = pageQuery(asked);
  const answer = await call('GET /compute/v2.1/os-keypairs', { query: { limit, marker }, signal });
  return answer.keypairs.map((entry) => entry.keypair);
}

export async function getKeypair(name: string, signal?: AbortSignal): Promise<KeypairView> {
  return (await call('GET /compute/v2.1/os-keypairs/:name', { params: { name }, signal })).keypair;
}

/** Without `publicKey` the controller makes a pair; the private half is in this answer and nowhere else. */
export async function createKeypair(name: string, publicKey?: string): Promise<KeypairView> {
  const keypair = { name, type: 'ssh' as const, ...(publicKey === undefined ? {} : { public_key: publicKey }) };
  return (await call('POST /compute/v2.1/os-keypairs', { body: { keypair } })).keypair;
}

export async function deleteKeypair(name: string): Promise<void> {
  await call('DELETE /compute/v2.1/os-keypairs/:name', { params: { name } });
}

/** How to reach into the guest: forwarded ports of its host, and the account its image lets in. */
export function getServerAccess(id: string, signal?: AbortSignal): Promise<ServerAccess> {
  return call('GET /v1/servers/:id/access', { params: { id }, signal });
}

/** Whether its guest agent answers, and what the guest tells of itself. */
export function getServerGuest(id: string, signal?: AbortSignal): Promise<GuestReport> {
  return call('GET /v1/servers/:id/guest', { params: { id }, signal });
}

/** What it is made of, as its host has it written down; 409 where it is on none. */
export function getServerHardware(id: string, signal?: AbortSignal): Promise<MachineHardware> {
  return call('GET /v1/servers/:id/hardware', { params: { id }, signal });
}

/** What it used in the last hour. */
export function getServerStatistics(id: string, signal?: AbortSignal): Promise<ServerStatistics> {
  return call('GET /v1/servers/:id/statistics', { params: { id }, signal });
}

/** The screen now, as PNG; 409 while the machine does not run. */
export async function getScreenshot(id: string, signal?: AbortSignal): Promise<Blob> {
  const headers = { accept: 'image/png' };
  return (await callRaw('GET /v1/servers/:id/screenshot', { params: { id }, headers, signal })).blob();
}
