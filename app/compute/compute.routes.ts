import type { RouteDefinition, ServiceDefinition } from '../http/route.ts';
import type { QuotaService } from '../quota/quota.service.ts';
import { aggregateRoutes } from './aggregate.resource.ts';
import type { AggregateService } from './aggregate.service.ts';
import { assistedVolumeSnapshotRoutes } from './assisted-volume-snapshot.routes.ts';
import { auditLogRoutes } from './audit-log.routes.ts';
import { availabilityZoneRoutes } from './availability-zone.routes.ts';
import type { HostClaims, MachineNetworks, ProxiedImages } from './collaborators.ts';
import type { ComputeHosts } from './compute-hosts.service.ts';
import { consoleAuthTokenRoutes } from './console-auth-token.routes.ts';
import { extensionRoutes } from './extension.routes.ts';
import { flavorRoutes } from './flavor.resource.ts';
import type { FlavorService } from './flavor.service.ts';
import { flavorAccessRoutes } from './flavor-access.routes.ts';
import { flavorExtraSpecRoutes } from './flavor-extra-spec.routes.ts';
import { hostRoutes } from './host.routes.ts';
import { hostServiceRoutes } from './host-service.routes.ts';
import { hypervisorRoutes } from './hypervisor.routes.ts';
import { imageProxyRoutes } from './image-proxy.routes.ts';
import { instanceActionRoutes } from './instance-action.routes.ts';
import { type Keypairs, keypairRoutes } from './keypair.resource.ts';
import { limitsRoutes } from './limits.routes.ts';
import type { MigrationRepository } from './migration.repository.ts';
import { migrationRoutes } from './migration.routes.ts';
import { networkProxyRoutes } from './network-proxy.routes.ts';
import { quotaSetRoutes } from './quota-set.routes.ts';
import { removedApiRoutes } from './removed-api.routes.ts';
import type { ServerRepository } from './server.repository.ts';
import { type ServerRouteParts, serverIdOf, serverRoutes } from './server.routes.ts';
import type { ServerActionRepository } from './server-action.repository.ts';
import { type ServerActionRouteParts, serverActionRoutes } from './server-action.routes.ts';
import { serverConsoleRoutes } from './server-console.routes.ts';
import { serverDiagnosticsRoutes } from './server-diagnostics.routes.ts';
import { serverExternalEventRoutes } from './server-external-event.routes.ts';
import { type ServerGroups, serverGroupRoutes } from './server-group.resource.ts';
import { serverMetadataRoutes } from './server-metadata.routes.ts';
import { serverPartRoutes } from './server-parts.routes.ts';
import { serverPasswordRoutes } from './server-password.routes.ts';
import { serverTagRoutes } from './server-tag.routes.ts';
import type { TenantUsageRepository } from './tenant-usage.repository.ts';
import { tenantUsageRoutes } from './tenant-usage.routes.ts';
import { MAX_MICROVERSION, MIN_MICROVERSION, versionListRoutes, versionRoutes } from './version.routes.ts';

export interface ComputeRouteParts extends ServerRouteParts, ServerActionRouteParts {
  servers: ServerRepository;
  actions: ServerActionRepository;
  migrations: MigrationRepository;
  flavors: FlavorService;
  keypairs: Keypairs;
  quota: QuotaService;
  claims: HostClaims;
  hosts: ComputeHosts;
  aggregates: AggregateService;
  serverGroups: ServerGroups;
  usage: TenantUsageRepository;
  networks: MachineNetworks;
  images: { proxied: ProxiedImages };
}

/** What the edge registers: the list of versions without a microversion, and version 2.1 with all its routes. */
export function computeDefinitions(parts: ComputeRouteParts): ServiceDefinition[] {
  return [
    {
      name: 'compute-versions',
      type: 'compute',
      prefix: '',
      root: '/compute',
      // Of all below /compute: the first service of a path is the one that is asked.
      emptyIdsBelow: '/compute/v2.1/',
      faults: 'nova',
      requestIdHeader: 'x-compute-request-id',
      routes: versionListRoutes(),
    },
    {
      name: 'compute',
      prefix: '/compute/v2.1',
      root: '/compute/v2.1',
      // The same without microversions, for the oldest clients.
      alsoAt: '/compute/v2',
      faults: 'nova',
      requestIdHeader: 'x-compute-request-id',
      microversions: {
        type: 'compute',
        min: MIN_MICROVERSION,
        max: MAX_MICROVERSION,
        legacyHeader: 'x-openstack-nova-api-version',
      },
      routes: [
        ...versionRoutes(),
        ...extensionRoutes(),
        ...flavorRoutes(parts),
        ...flavorExtraSpecRoutes(parts),
        ...flavorAccessRoutes(parts),
        ...keypairRoutes(parts),
        ...serverGroupRoutes(parts),
        ...serverRoutes(parts),
        ...serverActionRoutes(parts),
        ...serverConsoleRoutes(parts),
        ...serverDiagnosticsRoutes(parts),
        ...serverMetadataRoutes(parts),
        ...serverTagRoutes(parts),
        ...serverPartRoutes(parts),
        ...instanceActionRoutes(parts),
        ...limitsRoutes(parts),
        ...quotaSetRoutes(parts),
        ...hypervisorRoutes(parts),
        ...hostServiceRoutes(parts),
        ...hostRoutes(parts),
        ...aggregateRoutes(parts),
        ...availabilityZoneRoutes(parts),
        ...tenantUsageRoutes(parts),
        ...auditLogRoutes(parts),
        ...migrationRoutes(parts),
        ...serverExternalEventRoutes(parts),
        ...serverPasswordRoutes(parts),
        ...consoleAuthTokenRoutes(parts),
        ...assistedVolumeSnapshotRoutes(),
        ...imageProxyRoutes(parts),
        ...networkProxyRoutes(parts),
        ...removedApiRoutes(),
      ].map((definition) => aboutServer(definition, parts)),
    },
  ];
}

/** What a rule of a server's route looks at is the server it names. */
function aboutServer(definition: RouteDefinition, { server }: Pick<ComputeRouteParts, 'server'>): RouteDefinition {
  if (!definition.path.startsWith('/servers/:serverId')) return definition;
  return {
    ...definition,
    target: async (request) => ({ ...(await server.ownerOf(request.context, serverIdOf(request))) }),
  };
}
