import {
  DASHBOARD_COMPUTE_VERSION,
  type FlavorView,
  type InstanceActionView,
  type KeypairView,
  type Link,
  type ServerView,
} from '../../app/contract/openstack.ts';
import type { ServerAccess } from '../../app/contract/v1.ts';
import { type RequestOptions, request, send } from './request.ts';

const BASE = '/compute/v2.1';
/** Nova's `osapi_max_limit`. */
const PAGE_SIZE = 1000;

/** A call at the microversion the dashboard speaks. */
function compute<T>(path: string, options: RequestOptions = {}): Promise<T> {
  return request<T>(BASE + path, withVersion(options));
}

function withVersion(options: RequestOptions): RequestOptions {
  const version = { 'openstack-api-version': `compute ${DASHBOARD_COMPUTE_VERSION}` };
  return { ...options, headers: { ...version, ...options.headers } };
}

/** Every machine of the project, read page by page. */
export async function listServers(signal?: AbortSignal): Promise<ServerView[]> {
  const servers: ServerView[] = [];
  let marker: string | undefined;
  do {
    const page = await compute<{ servers: ServerView[]; servers_links?: Link[] }>('/servers/detail', {
      query: { limit: PAGE_SIZE, marker },
      signal,
    });
    servers.push(...page.servers);
    const hasMore = page.servers_links?.some((link) => link.rel === 'next') ?? false;
    marker = hasMore ? page.servers.at(-1)?.id : undefined;
  } while (marker !== undefined);
  return servers;
}

export async function getServer(id: string, signal?: AbortSignal): Promise<ServerView> {
  return (await compute<{ server: ServerView }>(`/servers/${encodeURIComponent(id)}`, { signal })).server;
}

/** Body of `POST /servers` as far as the dashboard uses it. */
export interface NewServer {
  name: string;
  imageRef: string;
  flavorRef: string;
  key_name?: string;
  networks?: { uuid: string }[] | 'auto' | 'none';
  min_count?: number;
  max_count?: number;
  /** Base64. */
  user_data?: string;
  config_drive?: boolean;
  metadata?: Record<string, string>;
  description?: string;
  /** From 2.90. */
  hostname?: string;
  /** Root's password on the first start; made up by the controller when left out. */
  adminPass?: string;
}

/** Answers the id alone; the machine is `BUILD` from here on. */
export async function createServer(server: NewServer): Promise<{ id: string; adminPass?: string }> {
  const body = { server: { networks: 'auto' as const, ...server } };
  return (await compute<{ server: { id: string; adminPass?: string } }>('/servers', { method: 'POST', body })).server;
}

export async function updateServer(
  id: string,
  changes: { name?: string; description?: string | null },
): Promise<ServerView> {
  const path = `/servers/${encodeURIComponent(id)}`;
  return (await compute<{ server: ServerView }>(path, { method: 'PUT', body: { server: changes } })).server;
}

export async function deleteServer(id: string): Promise<void> {
  await compute<void>(`/servers/${encodeURIComponent(id)}`, { method: 'DELETE' });
}

/** The verbs of `POST /servers/{id}/action` without an answer. */
export type ServerAction =
  | { 'os-start': null }
  | { 'os-stop': null }
  | { reboot: { type: 'SOFT' | 'HARD' } }
  | { pause: null }
  | { unpause: null }
  | { suspend: null }
  | { resume: null }
  | { lock: null }
  | { unlock: null }
  | { createImage: { name: string; metadata?: Record<string, string> } };

export async function runServerAction(id: string, action: ServerAction): Promise<void> {
  await compute<unknown>(`/servers/${encodeURIComponent(id)}/action`, { method: 'POST', body: action });
}

/** The last `length` lines of the serial console's log; all that is kept when left out. */
export async function getConsoleOutput(id: string, length?: number, signal?: AbortSignal): Promise<string> {
  const body = { 'os-getConsoleOutput': length === undefined ? {} : { length } };
  const path = `/servers/${encodeURIComponent(id)}/action`;
  return (await compute<{ output: string }>(path, { method: 'POST', body, signal })).output;
}

export interface RemoteConsole {
  protocol: string;
  type: string;
  /** Carries `?token=`. */
  url: string;
}

export async function createRemoteConsole(id: string, protocol: 'vnc' | 'serial'): Promise<RemoteConsole> {
  const body = { remote_console: { protocol, type: protocol === 'vnc' ? 'novnc' : 'serial' } };
  const path = `/servers/${encodeURIComponent(id)}/remote-consoles`;
  return (await compute<{ remote_console: RemoteConsole }>(path, { method: 'POST', body })).remote_console;
}

export async function listServerActions(id: string, signal?: AbortSignal): Promise<InstanceActionView[]> {
  const path = `/servers/${encodeURIComponent(id)}/os-instance-actions`;
  return (await compute<{ instanceActions: InstanceActionView[] }>(path, { signal })).instanceActions;
}

export async function getServerAction(
  id: string,
  requestId: string,
  signal?: AbortSignal,
): Promise<InstanceActionView> {
  const path = `/servers/${encodeURIComponent(id)}/os-instance-actions/${encodeURIComponent(requestId)}`;
  return (await compute<{ instanceAction: InstanceActionView }>(path, { signal })).instanceAction;
}

export async function setServerMetadata(id: string, metadata: Record<string, string>): Promise<void> {
  await compute<unknown>(`/servers/${encodeURIComponent(id)}/metadata`, { method: 'PUT', body: { metadata } });
}

/** Public ones, and for administrators also those that are not. */
export async function listFlavors(isAdmin: boolean, signal?: AbortSignal): Promise<FlavorView[]> {
  const query = isAdmin ? { is_public: 'None' } : {};
  return (await compute<{ flavors: FlavorView[] }>('/flavors/detail', { query, signal })).flavors;
}

export async function getFlavor(id: string, signal?: AbortSignal): Promise<FlavorView> {
  return (await compute<{ flavor: FlavorView }>(`/flavors/${encodeURIComponent(id)}`, { signal })).flavor;
}

export interface NewFlavor {
  name: string;
  description?: string | null;
  vcpus: number;
  /** MiB */
  ram: number;
  /** GiB */
  disk: number;
  'OS-FLV-EXT-DATA:ephemeral'?: number;
  /** MiB */
  swap?: number;
  'os-flavor-access:is_public'?: boolean;
}

export async function createFlavor(flavor: NewFlavor): Promise<FlavorView> {
  return (await compute<{ flavor: FlavorView }>('/flavors', { method: 'POST', body: { flavor } })).flavor;
}

export async function updateFlavor(id: string, description: string | null): Promise<FlavorView> {
  const path = `/flavors/${encodeURIComponent(id)}`;
  return (await compute<{ flavor: FlavorView }>(path, { method: 'PUT', body: { flavor: { description } } })).flavor;
}

export async function deleteFlavor(id: string): Promise<void> {
  await compute<void>(`/flavors/${encodeURIComponent(id)}`, { method: 'DELETE' });
}

export async function listKeypairs(signal?: AbortSignal): Promise<KeypairView[]> {
  const answer = await compute<{ keypairs: { keypair: KeypairView }[] }>('/os-keypairs', { signal });
  return answer.keypairs.map((entry) => entry.keypair);
}

export async function getKeypair(name: string, signal?: AbortSignal): Promise<KeypairView> {
  return (await compute<{ keypair: KeypairView }>(`/os-keypairs/${encodeURIComponent(name)}`, { signal })).keypair;
}

/** Without `publicKey` the controller makes a pair; the private half is in this answer and nowhere else. */
export async function createKeypair(name: string, publicKey?: string): Promise<KeypairView> {
  const keypair = { name, type: 'ssh', ...(publicKey === undefined ? {} : { public_key: publicKey }) };
  return (await compute<{ keypair: KeypairView }>('/os-keypairs', { method: 'POST', body: { keypair } })).keypair;
}

export async function deleteKeypair(name: string): Promise<void> {
  await compute<void>(`/os-keypairs/${encodeURIComponent(name)}`, { method: 'DELETE' });
}

/** The power button with its wait and no plug pulled after it, or (`graceful: false`) the plug at once. */
export async function powerOffServer(
  id: string,
  options: { graceful: true; timeoutSeconds: number } | { graceful: false },
): Promise<void> {
  await request<unknown>(`/v1/servers/${encodeURIComponent(id)}/power-off`, { method: 'POST', body: options });
}

/** How to reach into the guest: forwarded ports of its host, and the account its image lets in. */
export function getServerAccess(id: string, signal?: AbortSignal): Promise<ServerAccess> {
  return request<ServerAccess>(`/v1/servers/${encodeURIComponent(id)}/access`, { signal });
}

/** The screen now, as PNG; 409 while the machine does not run. */
export async function getScreenshot(id: string, signal?: AbortSignal): Promise<Blob> {
  const path = `/v1/servers/${encodeURIComponent(id)}/screenshot`;
  return (await send(path, { headers: { accept: 'image/png' }, signal })).blob();
}
