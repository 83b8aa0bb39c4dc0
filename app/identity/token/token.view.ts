import { z } from 'zod';
import type { CatalogService, TokenBody } from '../../contract/openstack.ts';
import { catalogServiceView } from '../catalog/catalog.schema.ts';
import { toRuleBody } from '../credential/application-credential.view.ts';
import { microseconds } from '../identity-time.ts';
import type { ResolvedToken } from './token.service.ts';

/** A cloud of elsewhere that takes in people of this one. */
const serviceProviderEntry = z.object({ id: z.string(), auth_url: z.string(), sp_url: z.string() });
export type ServiceProviderEntry = z.infer<typeof serviceProviderEntry>;

const named = z.object({ id: z.string(), name: z.string() });
const tokenView = z
  .looseObject({
    methods: z.array(z.string()),
    user: z.looseObject({
      id: z.string(),
      name: z.string(),
      domain: named,
      password_expires_at: z.string().nullable().optional(),
    }),
    project: z.object({ id: z.string(), name: z.string(), domain: named }).optional(),
    domain: named.optional(),
    system: z.object({ all: z.literal(true) }).optional(),
    is_domain: z.boolean().optional(),
    roles: z.array(named).optional(),
    catalog: z.array(catalogServiceView).optional(),
    service_providers: z.array(serviceProviderEntry).optional(),
    expires_at: z.string(),
    issued_at: z.string(),
    audit_ids: z.array(z.string()),
  })
  .meta({ title: 'TokenView' });
export const tokenAnswer = z.object({ token: tokenView });

/** A token's body as Keystone answers it; see token-body.ts for what stands beside the token. */
export function toTokenBody(
  resolved: ResolvedToken,
  {
    catalog,
    serviceProviders,
  }: { catalog: CatalogService[] | null; serviceProviders: readonly ServiceProviderEntry[] },
): TokenBody {
  const { record, user, userDomain, project, domain, roles, trust, applicationCredential, accessToken } = resolved;
  const { federation } = record;
  const token: TokenBody['token'] & Record<string, unknown> = {
    methods: record.methods,
    user: {
      id: user.id,
      name: user.name,
      domain: { id: userDomain.id, name: userDomain.name },
      ...(!federation && { password_expires_at: user.password_expires_at && microseconds(user.password_expires_at) }),
      ...(federation && {
        'OS-FEDERATION': {
          groups: federation.groupIds.map((id) => ({ id })),
          identity_provider: { id: federation.identityProviderId },
          protocol: { id: federation.protocolId },
        },
      }),
    },
    audit_ids: record.auditIds,
    expires_at: microseconds(record.expiresAt),
    issued_at: microseconds(record.issuedAt),
  };
  if (project && domain) {
    token.project = { id: project.id, name: project.name, domain: { id: domain.id, name: domain.name } };
    if (!trust) token.is_domain = project.is_domain;
  } else if (domain) {
    token.domain = { id: domain.id, name: domain.name };
  }
  if (record.scope.type === 'system') token.system = { all: true };
  if (trust) {
    token['OS-TRUST:trust'] = {
      id: trust.id,
      impersonation: trust.impersonation,
      trustor_user: { id: trust.trustor_user_id },
      trustee_user: { id: trust.trustee_user_id },
    };
  }
  if (accessToken) {
    token['OS-OAUTH1'] = { access_token_id: accessToken.id, consumer_id: accessToken.consumer_id };
  }
  if (applicationCredential) {
    const { id, name, unrestricted, accessRules } = applicationCredential;
    token.application_credential = {
      id,
      name,
      restricted: !unrestricted,
      ...(accessRules.length > 0 && { access_rules: accessRules.map(toRuleBody) }),
    };
  }
  if (serviceProviders.length > 0) token.service_providers = serviceProviders;
  if (record.scope.type !== 'unscoped') {
    token.roles = roles;
    if (catalog !== null) token.catalog = catalog;
  }
  return { token };
}
