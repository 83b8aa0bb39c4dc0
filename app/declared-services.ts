import { computeDefinitions } from './compute/compute.routes.ts';
import type { ServiceDefinition } from './http/route.ts';
import { identityRoutes } from './identity/identity.routes.ts';
import { imageRoutes } from './image/image.routes.ts';
import { networkRoutes } from './network/network.routes.ts';
import { v1Routes } from './v1/v1.routes.ts';

/** Stands where a service would: any member of it is itself. Declaring a route must do no work, so nothing is missed. */
// biome-ignore lint/suspicious/noExplicitAny: it stands for the parts of any service.
const nothing: any = new Proxy(() => {}, { get: () => nothing, apply: () => nothing });

/** Every service as it declares itself, with nothing behind it: for whatever describes routes and does not run them. */
export function declaredServices(): ServiceDefinition[] {
  return [
    identityRoutes(nothing),
    ...computeDefinitions(nothing),
    imageRoutes(nothing),
    networkRoutes(nothing),
    v1Routes(nothing),
  ];
}
