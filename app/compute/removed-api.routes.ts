import { UserError } from '../contract/errors.ts';
import { type RouteDefinition, route } from '../http/route.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/**
 * What Nova once had and took out, with nova-network, Xen, cells and its certificates; it answers 410 in every
 * microversion, so that old programs learn why.
 */
const REMOVED: readonly (readonly [path: string, ...methods: Method[]])[] = [
  ['/os-agents', 'GET', 'POST'],
  ['/os-agents/:id', 'PUT', 'DELETE'],
  ['/os-cells', 'GET', 'POST'],
  ['/os-cells/capacities', 'GET'],
  ['/os-cells/detail', 'GET'],
  ['/os-cells/info', 'GET'],
  ['/os-cells/sync_instances', 'POST'],
  ['/os-cells/:id', 'GET', 'PUT', 'DELETE'],
  ['/os-cells/:id/capacities', 'GET'],
  ['/os-certificates', 'POST'],
  ['/os-certificates/:id', 'GET'],
  ['/os-cloudpipe', 'GET', 'POST'],
  ['/os-cloudpipe/:id', 'PUT'],
  ['/os-fixed-ips/:id', 'GET'],
  ['/os-fixed-ips/:id/action', 'POST'],
  ['/os-floating-ip-dns', 'GET'],
  ['/os-floating-ip-dns/:id', 'PUT', 'DELETE'],
  ['/os-floating-ip-dns/:domainId/entries/:id', 'GET', 'PUT', 'DELETE'],
  ['/os-floating-ips-bulk', 'GET', 'POST'],
  ['/os-floating-ips-bulk/:id', 'GET', 'PUT'],
  ['/os-fping', 'GET'],
  ['/os-fping/:id', 'GET'],
  ['/os-networks', 'POST'],
  ['/os-networks/add', 'POST'],
  ['/os-networks/:id', 'DELETE'],
  ['/os-networks/:id/action', 'POST'],
  ['/os-security-group-default-rules', 'GET', 'POST'],
  ['/os-security-group-default-rules/:id', 'GET', 'DELETE'],
  ['/os-tenant-networks', 'POST'],
  ['/os-tenant-networks/:id', 'DELETE'],
  ['/servers/:serverId/consoles', 'GET', 'POST'],
  ['/servers/:serverId/consoles/:id', 'GET', 'DELETE'],
  ['/servers/:serverId/os-virtual-interfaces', 'GET'],
];

/** All of {@link REMOVED}. */
export function removedApiRoutes(): RouteDefinition[] {
  return REMOVED.flatMap(([path, ...methods]) =>
    methods.map((method) =>
      route({
        method,
        path,
        rule: 'os_compute_api:removed',
        summary: 'Was removed from Nova: 410.',
        handler: async () => {
          throw gone();
        },
      }),
    ),
  );
}

export function gone(): UserError {
  return new UserError('gone', 'This resource is no longer available. No forwarding address is given.');
}
