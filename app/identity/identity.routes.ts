import type { ServiceDefinition } from '../http/route.ts';
import { grantRoutes } from './assignment/grant.routes.ts';
import { roleRoutes } from './assignment/role.routes.ts';
import { roleAssignmentRoutes } from './assignment/role-assignment.routes.ts';
import { catalogRoutes } from './catalog/catalog.routes.ts';
import { applicationCredentialRoutes } from './credential/application-credential.routes.ts';
import { credentialRoutes } from './credential/credential.routes.ts';
import { ec2TokenRoutes } from './credential/ec2.routes.ts';
import { trustRoutes } from './credential/trust.routes.ts';
import { domainRoutes } from './directory/domain.routes.ts';
import { groupMemberRoutes, groupRoutes } from './directory/group.routes.ts';
import { projectRoutes, projectTagRoutes } from './directory/project.routes.ts';
import { userRoutes } from './directory/user.routes.ts';
import { discoveryRoutes } from './discovery/discovery.routes.ts';
import { domainConfigRoutes } from './domain-config/domain-config.routes.ts';
import { federationRoutes } from './federation/federation.routes.ts';
import { federatedAuthRoutes } from './federation/oidc.routes.ts';
import type { IdentityService } from './identity.service.ts';
import { limitRoutes } from './limit/limit.routes.ts';
import { clientCredentialsRoutes } from './oauth/client-credentials.routes.ts';
import { oauthRoutes } from './oauth/oauth.routes.ts';
import { authRoutes } from './token/auth.routes.ts';
import { reachRoutes } from './token/reach.routes.ts';

/** Keystone's API, `/identity/v3`. */
export function identityRoutes({ identity }: { identity: IdentityService }): ServiceDefinition {
  return {
    name: 'identity',
    prefix: '/identity',
    root: '/identity',
    faults: 'keystone',
    answersHead: true,
    refusesDelegated: true,
    vary: 'X-Auth-Token',
    routes: [
      ...discoveryRoutes(),
      ...authRoutes(identity),
      ...reachRoutes(identity),
      ...domainConfigRoutes(identity),
      ...applicationCredentialRoutes(identity),
      ...credentialRoutes(identity),
      ...ec2TokenRoutes(identity),
      ...trustRoutes(identity),
      ...domainRoutes(identity),
      ...projectRoutes(identity),
      ...projectTagRoutes(identity),
      ...userRoutes(identity),
      ...groupRoutes(identity),
      ...groupMemberRoutes(identity),
      ...catalogRoutes(identity),
      ...limitRoutes(identity),
      ...oauthRoutes(identity),
      ...clientCredentialsRoutes(identity),
      ...roleRoutes(identity),
      ...grantRoutes(identity),
      ...roleAssignmentRoutes(identity),
      ...federationRoutes(identity),
      ...federatedAuthRoutes(identity),
    ],
  };
}
