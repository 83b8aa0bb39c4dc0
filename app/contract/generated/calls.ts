// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

import type { AuthApi as IdentityAuthApi } from './identity/auth.api.ts';
import type { UsersApi as IdentityUsersApi } from './identity/users.api.ts';
import type { CredentialsApi as IdentityCredentialsApi } from './identity/credentials.api.ts';
import type { DomainsApi as IdentityDomainsApi } from './identity/domains.api.ts';
import type { ProjectsApi as IdentityProjectsApi } from './identity/projects.api.ts';
import type { GroupsApi as IdentityGroupsApi } from './identity/groups.api.ts';
import type { RolesApi as IdentityRolesApi } from './identity/roles.api.ts';
import type { RoleInferencesApi as IdentityRoleInferencesApi } from './identity/role_inferences.api.ts';
import type { NetworksApi as NetworkNetworksApi } from './network/networks.api.ts';
import type { SubnetsApi as NetworkSubnetsApi } from './network/subnets.api.ts';
import type { PortsApi as NetworkPortsApi } from './network/ports.api.ts';
import type { ImagesApi as ImageImagesApi } from './image/images.api.ts';
import type { FlavorsApi as ComputeFlavorsApi } from './compute/flavors.api.ts';
import type { OsKeypairsApi as ComputeOsKeypairsApi } from './compute/os-keypairs.api.ts';
import type { OsServerGroupsApi as ComputeOsServerGroupsApi } from './compute/os-server-groups.api.ts';
import type { ServersApi as ComputeServersApi } from './compute/servers.api.ts';
import type { OsServicesApi as ComputeOsServicesApi } from './compute/os-services.api.ts';
import type { OsAggregatesApi as ComputeOsAggregatesApi } from './compute/os-aggregates.api.ts';
import type { OsAvailabilityZoneApi as ComputeOsAvailabilityZoneApi } from './compute/os-availability-zone.api.ts';
import type { EventLogApi as V1EventLogApi } from './v1/event-log.api.ts';
import type { UnclaimedApi as V1UnclaimedApi } from './v1/unclaimed.api.ts';
import type { TasksApi as V1TasksApi } from './v1/tasks.api.ts';
import type { RightsApi as V1RightsApi } from './v1/rights.api.ts';
import type { AuditApi as V1AuditApi } from './v1/audit.api.ts';
import type { SignInApi as V1SignInApi } from './v1/sign-in.api.ts';
import type { DomainsApi as V1DomainsApi } from './v1/domains.api.ts';
import type { LimitsApi as V1LimitsApi } from './v1/limits.api.ts';
import type { QuotasApi as V1QuotasApi } from './v1/quotas.api.ts';
import type { HostsApi as V1HostsApi } from './v1/hosts.api.ts';
import type { ImageCatalogApi as V1ImageCatalogApi } from './v1/image-catalog.api.ts';
import type { ServersApi as V1ServersApi } from './v1/servers.api.ts';
import type { VerbsApi as V1VerbsApi } from './v1/verbs.api.ts';
import type { StartupOrderApi as V1StartupOrderApi } from './v1/startup-order.api.ts';
import type { MachineGroupsApi as V1MachineGroupsApi } from './v1/machine-groups.api.ts';
import type { BackupsApi as V1BackupsApi } from './v1/backups.api.ts';

export interface ApiCalls
  extends
    IdentityAuthApi,
    IdentityUsersApi,
    IdentityCredentialsApi,
    IdentityDomainsApi,
    IdentityProjectsApi,
    IdentityGroupsApi,
    IdentityRolesApi,
    IdentityRoleInferencesApi,
    NetworkNetworksApi,
    NetworkSubnetsApi,
    NetworkPortsApi,
    ImageImagesApi,
    ComputeFlavorsApi,
    ComputeOsKeypairsApi,
    ComputeOsServerGroupsApi,
    ComputeServersApi,
    ComputeOsServicesApi,
    ComputeOsAggregatesApi,
    ComputeOsAvailabilityZoneApi,
    V1EventLogApi,
    V1UnclaimedApi,
    V1TasksApi,
    V1RightsApi,
    V1AuditApi,
    V1SignInApi,
    V1DomainsApi,
    V1LimitsApi,
    V1QuotasApi,
    V1HostsApi,
    V1ImageCatalogApi,
    V1ServersApi,
    V1VerbsApi,
    V1StartupOrderApi,
    V1MachineGroupsApi,
    V1BackupsApi {}
