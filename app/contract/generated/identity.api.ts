// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

export interface CatalogService {
  id: string;
  type: string;
  name: string;
  endpoints: { id: string; interface: 'admin' | 'internal' | 'public'; region: string; region_id: string; url: string }[];
}

export interface DomainView {
  id: string;
  name: string;
  description: string | null;
  enabled: boolean;
  tags: string[];
  options: { immutable?: boolean };
  links: { self: string };
  [property: string]: unknown;
}

export interface GroupView {
  id: string;
  name: string;
  domain_id: string;
  description: string | null;
  links: { self: string };
  [property: string]: unknown;
}

export interface ProjectView {
  id: string;
  name: string;
  description: string | null;
  enabled: boolean;
  tags: string[];
  options: { immutable?: boolean };
  links: { self: string };
  domain_id: string | null;
  parent_id: string | null;
  is_domain: boolean;
  [property: string]: unknown;
}

export interface UserView {
  id: string;
  name: string;
  domain_id: string;
  enabled: boolean;
  default_project_id?: string;
  password_expires_at: string | null;
  options: Record<string, unknown>;
  federated?: { idp_id: string; protocols: { protocol_id: string; unique_id: string }[] }[];
  links: { self: string };
  [property: string]: unknown;
}

export interface IdentityApi {
  'GET /identity': {
    answer: {
      versions: {
        values: {
          id: string;
          status: string;
          updated: string;
          links: { rel: string; href: string }[];
          'media-types': { base: string; type: string }[];
        }[];
      };
    };
  };
  'GET /identity/v3': {
    answer: {
      version: {
        id: string;
        status: string;
        updated: string;
        links: { rel: string; href: string }[];
        'media-types': { base: string; type: string }[];
      };
    };
  };
  'POST /identity/v3/auth/tokens': {
    body: {
      auth: {
        identity: {
          methods: string[];
          password?: { user: { id?: string; name?: string; domain?: { id?: string; name?: string }; password?: string } };
          token?: { id: string };
          oauth1?: Record<string, unknown>;
          totp?: { user: { id?: string; name?: string; domain?: { id?: string; name?: string }; passcode: string } };
          application_credential?: {
            id?: string;
            name?: string;
            secret: string;
            user?: { id?: string; name?: string; domain?: { id?: string; name?: string } };
          };
          [property: string]: unknown;
        };
        scope?: 'unscoped' | {
          project?: { id?: string; name?: string; domain?: { id?: string; name?: string } };
          domain?: { id?: string; name?: string };
          system?: { all?: boolean };
          unscoped?: unknown;
          'OS-TRUST:trust'?: { id: string };
        };
      };
    };
    answer: {
      token: {
        methods: string[];
        user: {
          id: string;
          name: string;
          domain: { id: string; name: string };
          password_expires_at?: string | null;
          [property: string]: unknown;
        };
        project?: { id: string; name: string; domain: { id: string; name: string } };
        domain?: { id: string; name: string };
        system?: { all: true };
        is_domain?: boolean;
        roles?: { id: string; name: string }[];
        catalog?: CatalogService[];
        service_providers?: { id: string; auth_url: string; sp_url: string }[];
        expires_at: string;
        issued_at: string;
        audit_ids: string[];
        [property: string]: unknown;
      };
    };
  };
  'GET /identity/v3/auth/tokens': {
    answer: {
      token: {
        methods: string[];
        user: {
          id: string;
          name: string;
          domain: { id: string; name: string };
          password_expires_at?: string | null;
          [property: string]: unknown;
        };
        project?: { id: string; name: string; domain: { id: string; name: string } };
        domain?: { id: string; name: string };
        system?: { all: true };
        is_domain?: boolean;
        roles?: { id: string; name: string }[];
        catalog?: CatalogService[];
        service_providers?: { id: string; auth_url: string; sp_url: string }[];
        expires_at: string;
        issued_at: string;
        audit_ids: string[];
        [property: string]: unknown;
      };
    };
  };
  'HEAD /identity/v3/auth/tokens': Record<never, never>;
  'DELETE /identity/v3/auth/tokens': Record<never, never>;
  'GET /identity/v3/auth/tokens/OS-PKI/revoked': Record<never, never>;
  'GET /identity/v3/OS-SIMPLE-CERT/ca': Record<never, never>;
  'GET /identity/v3/OS-SIMPLE-CERT/certificates': Record<never, never>;
  'GET /identity/v3/OS-REVOKE/events': {
    query: { since?: string };
    answer: { events: { issued_before: string; [property: string]: unknown }[]; links: unknown };
  };
  'POST /identity/v3/users/:user_id/password': {
    params: { user_id: string };
    body: { user: { original_password: string; password: string } };
  };
  'GET /identity/v3/auth/catalog': { answer: { catalog: CatalogService[]; links: { self: string } } };
  'GET /identity/v3/auth/projects': {
    answer: {
      projects: ProjectView[];
      links: { self: string; previous: null; next: string | null };
      truncated?: true;
    };
  };
  'GET /identity/v3/OS-FEDERATION/projects': {
    answer: {
      projects: ProjectView[];
      links: { self: string; previous: null; next: string | null };
      truncated?: true;
    };
  };
  'GET /identity/v3/auth/domains': {
    answer: { domains: DomainView[]; links: { self: string; previous: null; next: string | null }; truncated?: true };
  };
  'GET /identity/v3/OS-FEDERATION/domains': {
    answer: { domains: DomainView[]; links: { self: string; previous: null; next: string | null }; truncated?: true };
  };
  'GET /identity/v3/auth/system': { answer: { system: { all: true }[]; links: { self: string } } };
  'GET /identity/v3/domains/config/default': { answer: { config: Record<string, unknown> } };
  'GET /identity/v3/domains/:domain_id/config': {
    params: { domain_id: string };
    answer: { config: Record<string, unknown> };
  };
  'PATCH /identity/v3/domains/:domain_id/config': {
    params: { domain_id: string };
    body: { config: Record<string, unknown> };
    answer: { config: Record<string, unknown> };
  };
  'DELETE /identity/v3/domains/:domain_id/config': { params: { domain_id: string } };
  'PUT /identity/v3/domains/:domain_id/config': {
    params: { domain_id: string };
    body: { config: Record<string, Record<string, unknown>> };
    answer: { config: Record<string, unknown> };
  };
  'GET /identity/v3/domains/config/:group/default': {
    params: { group: string };
    answer: { config: Record<string, unknown> };
  };
  'GET /identity/v3/domains/:domain_id/config/:group': {
    params: { domain_id: string; group: string };
    answer: { config: Record<string, unknown> };
  };
  'PATCH /identity/v3/domains/:domain_id/config/:group': {
    params: { domain_id: string; group: string };
    body: { config: Record<string, unknown> };
    answer: { config: Record<string, unknown> };
  };
  'DELETE /identity/v3/domains/:domain_id/config/:group': { params: { domain_id: string; group: string } };
  'GET /identity/v3/domains/config/:group/:option/default': {
    params: { group: string; option: string };
    answer: { config: Record<string, unknown> };
  };
  'GET /identity/v3/domains/:domain_id/config/:group/:option': {
    params: { domain_id: string; group: string; option: string };
    answer: { config: Record<string, unknown> };
  };
  'PATCH /identity/v3/domains/:domain_id/config/:group/:option': {
    params: { domain_id: string; group: string; option: string };
    body: { config: Record<string, unknown> };
    answer: { config: Record<string, unknown> };
  };
  'DELETE /identity/v3/domains/:domain_id/config/:group/:option': {
    params: { domain_id: string; group: string; option: string };
  };
  'GET /identity/v3/domains/:domain_id/config/security_compliance': {
    params: { domain_id: string };
    answer: { config: Record<string, unknown> };
  };
  'GET /identity/v3/domains/:domain_id/config/security_compliance/:option': {
    params: { domain_id: string; option: string };
    answer: { config: Record<string, unknown> };
  };
  'GET /identity/v3/users/:user_id/application_credentials': {
    params: { user_id: string };
    query: { name?: string };
    answer: {
      application_credentials: {
        id: string;
        name: string;
        description: string | null;
        user_id: string;
        project_id: string;
        expires_at: string | null;
        unrestricted: boolean;
        roles: { id: string; name: string; [property: string]: unknown }[];
        access_rules?: { id: string; service: string; path: string; method: string }[];
        secret?: string;
        [property: string]: unknown;
      }[];
      links: unknown;
    };
  };
  'POST /identity/v3/users/:user_id/application_credentials': {
    params: { user_id: string };
    body: {
      application_credential: {
        id?: string;
        name: string;
        description?: string | null;
        secret?: string | null;
        expires_at?: string | null;
        project_id?: string;
        roles?: { id?: string; name?: string }[];
        unrestricted?: boolean | null;
        access_rules?: {
          id?: string;
          service?: string;
          path?: string;
          method?: 'DELETE' | 'GET' | 'HEAD' | 'PATCH' | 'POST' | 'PUT';
        }[];
        system?: string | null;
      };
    };
    answer: {
      application_credential: {
        id: string;
        name: string;
        description: string | null;
        user_id: string;
        project_id: string;
        expires_at: string | null;
        unrestricted: boolean;
        roles: { id: string; name: string; [property: string]: unknown }[];
        access_rules?: { id: string; service: string; path: string; method: string }[];
        secret?: string;
        [property: string]: unknown;
      };
    };
  };
  'GET /identity/v3/users/:user_id/application_credentials/:application_credential_id': {
    params: { user_id: string; application_credential_id: string };
    answer: {
      application_credential: {
        id: string;
        name: string;
        description: string | null;
        user_id: string;
        project_id: string;
        expires_at: string | null;
        unrestricted: boolean;
        roles: { id: string; name: string; [property: string]: unknown }[];
        access_rules?: { id: string; service: string; path: string; method: string }[];
        secret?: string;
        [property: string]: unknown;
      };
    };
  };
  'DELETE /identity/v3/users/:user_id/application_credentials/:application_credential_id': {
    params: { user_id: string; application_credential_id: string };
  };
  'GET /identity/v3/users/:user_id/access_rules': {
    params: { user_id: string };
    query: { service?: string; path?: string; method?: string };
    answer: {
      access_rules: { id: string; service: string; path: string; method: string; [property: string]: unknown }[];
      links: unknown;
    };
  };
  'GET /identity/v3/users/:user_id/access_rules/:access_rule_id': {
    params: { user_id: string; access_rule_id: string };
    answer: {
      access_rule: { id: string; service: string; path: string; method: string; [property: string]: unknown };
    };
  };
  'DELETE /identity/v3/users/:user_id/access_rules/:access_rule_id': {
    params: { user_id: string; access_rule_id: string };
  };
  'GET /identity/v3/credentials': {
    query: { user_id?: string; type?: string };
    answer: {
      credentials: {
        id: string;
        user_id: string;
        type: string;
        project_id: string | null;
        blob: string;
        [property: string]: unknown;
      }[];
      links: unknown;
    };
  };
  'POST /identity/v3/credentials': {
    body: {
      credential: {
        id?: string;
        user_id: string;
        type: string;
        project_id?: string | null;
        blob: string;
        [property: string]: unknown;
      };
    };
    answer: {
      credential: {
        id: string;
        user_id: string;
        type: string;
        project_id: string | null;
        blob: string;
        [property: string]: unknown;
      };
    };
  };
  'GET /identity/v3/credentials/:credential_id': {
    params: { credential_id: string };
    answer: {
      credential: {
        id: string;
        user_id: string;
        type: string;
        project_id: string | null;
        blob: string;
        [property: string]: unknown;
      };
    };
  };
  'PATCH /identity/v3/credentials/:credential_id': {
    params: { credential_id: string };
    body: {
      credential: {
        id?: string;
        user_id?: string;
        type?: string;
        project_id?: string | null;
        blob?: string;
        [property: string]: unknown;
      };
    };
    answer: {
      credential: {
        id: string;
        user_id: string;
        type: string;
        project_id: string | null;
        blob: string;
        [property: string]: unknown;
      };
    };
  };
  'DELETE /identity/v3/credentials/:credential_id': { params: { credential_id: string } };
  'GET /identity/v3/users/:user_id/credentials/OS-EC2': {
    params: { user_id: string };
    answer: {
      credentials: {
        access: string;
        secret: string;
        user_id: string;
        tenant_id: string | null;
        trust_id: string | null;
        [property: string]: unknown;
      }[];
      links: unknown;
    };
  };
  'POST /identity/v3/users/:user_id/credentials/OS-EC2': {
    params: { user_id: string };
    body: { tenant_id: string };
    answer: {
      credential: {
        access: string;
        secret: string;
        user_id: string;
        tenant_id: string | null;
        trust_id: string | null;
        [property: string]: unknown;
      };
    };
  };
  'GET /identity/v3/users/:user_id/credentials/OS-EC2/:credential_id': {
    params: { user_id: string; credential_id: string };
    answer: {
      credential: {
        access: string;
        secret: string;
        user_id: string;
        tenant_id: string | null;
        trust_id: string | null;
        [property: string]: unknown;
      };
    };
  };
  'DELETE /identity/v3/users/:user_id/credentials/OS-EC2/:credential_id': {
    params: { user_id: string; credential_id: string };
  };
  'POST /identity/v3/ec2tokens': {
    body: {
      credentials?: {
        access?: string;
        signature?: string | null;
        host?: string;
        verb?: string;
        path?: string;
        params?: Record<string, string | number | boolean>;
        headers?: Record<string, string>;
        body_hash?: string;
        token?: string;
      };
      credential?: {
        access?: string;
        signature?: string | null;
        host?: string;
        verb?: string;
        path?: string;
        params?: Record<string, string | number | boolean>;
        headers?: Record<string, string>;
        body_hash?: string;
        token?: string;
      };
      ec2Credentials?: {
        access?: string;
        signature?: string | null;
        host?: string;
        verb?: string;
        path?: string;
        params?: Record<string, string | number | boolean>;
        headers?: Record<string, string>;
        body_hash?: string;
        token?: string;
      };
    };
    answer: {
      token: {
        methods: string[];
        user: {
          id: string;
          name: string;
          domain: { id: string; name: string };
          password_expires_at?: string | null;
          [property: string]: unknown;
        };
        project?: { id: string; name: string; domain: { id: string; name: string } };
        domain?: { id: string; name: string };
        system?: { all: true };
        is_domain?: boolean;
        roles?: { id: string; name: string }[];
        catalog?: CatalogService[];
        service_providers?: { id: string; auth_url: string; sp_url: string }[];
        expires_at: string;
        issued_at: string;
        audit_ids: string[];
        [property: string]: unknown;
      };
    };
  };
  'POST /identity/v3/s3tokens': {
    body: {
      credentials?: {
        access?: string;
        signature?: string | null;
        host?: string;
        verb?: string;
        path?: string;
        params?: Record<string, string | number | boolean>;
        headers?: Record<string, string>;
        body_hash?: string;
        token?: string;
      };
      credential?: {
        access?: string;
        signature?: string | null;
        host?: string;
        verb?: string;
        path?: string;
        params?: Record<string, string | number | boolean>;
        headers?: Record<string, string>;
        body_hash?: string;
        token?: string;
      };
      ec2Credentials?: {
        access?: string;
        signature?: string | null;
        host?: string;
        verb?: string;
        path?: string;
        params?: Record<string, string | number | boolean>;
        headers?: Record<string, string>;
        body_hash?: string;
        token?: string;
      };
    };
    answer: {
      token: {
        methods: string[];
        user: {
          id: string;
          name: string;
          domain: { id: string; name: string };
          password_expires_at?: string | null;
          [property: string]: unknown;
        };
        project?: { id: string; name: string; domain: { id: string; name: string } };
        domain?: { id: string; name: string };
        system?: { all: true };
        is_domain?: boolean;
        roles?: { id: string; name: string }[];
        catalog?: CatalogService[];
        service_providers?: { id: string; auth_url: string; sp_url: string }[];
        expires_at: string;
        issued_at: string;
        audit_ids: string[];
        [property: string]: unknown;
      };
    };
  };
  'GET /identity/v3/OS-TRUST/trusts': {
    query: { trustor_user_id?: string; trustee_user_id?: string };
    answer: {
      trusts: {
        id: string;
        trustor_user_id: string;
        trustee_user_id: string;
        project_id: string | null;
        impersonation: boolean;
        expires_at: string | null;
        remaining_uses: number | null;
        redelegation_count: number;
        redelegated_trust_id: string | null;
        roles?: { id: string; name: string; [property: string]: unknown }[];
        [property: string]: unknown;
      }[];
      links: unknown;
    };
  };
  'POST /identity/v3/OS-TRUST/trusts': {
    body: {
      trust: {
        trustor_user_id: string;
        trustee_user_id: string;
        impersonation: boolean;
        project_id?: string | null;
        roles?: { id?: string; name?: string }[];
        expires_at?: string | null;
        remaining_uses?: number | null;
        allow_redelegation?: boolean | null;
        redelegation_count?: number | null;
        redelegated_trust_id?: string | null;
        [property: string]: unknown;
      };
    };
    answer: {
      trust: {
        id: string;
        trustor_user_id: string;
        trustee_user_id: string;
        project_id: string | null;
        impersonation: boolean;
        expires_at: string | null;
        remaining_uses: number | null;
        redelegation_count: number;
        redelegated_trust_id: string | null;
        roles?: { id: string; name: string; [property: string]: unknown }[];
        [property: string]: unknown;
      };
    };
  };
  'GET /identity/v3/OS-TRUST/trusts/:trust_id': {
    params: { trust_id: string };
    answer: {
      trust: {
        id: string;
        trustor_user_id: string;
        trustee_user_id: string;
        project_id: string | null;
        impersonation: boolean;
        expires_at: string | null;
        remaining_uses: number | null;
        redelegation_count: number;
        redelegated_trust_id: string | null;
        roles?: { id: string; name: string; [property: string]: unknown }[];
        [property: string]: unknown;
      };
    };
  };
  'DELETE /identity/v3/OS-TRUST/trusts/:trust_id': { params: { trust_id: string } };
  'GET /identity/v3/OS-TRUST/trusts/:trust_id/roles': {
    params: { trust_id: string };
    answer: { roles: { id: string; name: string; [property: string]: unknown }[]; links: unknown };
  };
  'GET /identity/v3/OS-TRUST/trusts/:trust_id/roles/:role_id': {
    params: { trust_id: string; role_id: string };
    answer: { role: { id: string; name: string; [property: string]: unknown } };
  };
  'GET /identity/v3/domains': {
    query: {
      limit?: string;
      marker?: string;
      name?: string;
      name__contains?: string;
      name__icontains?: string;
      name__startswith?: string;
      name__istartswith?: string;
      name__endswith?: string;
      name__iendswith?: string;
      enabled?: string;
    };
    answer: { domains: DomainView[]; links: { self: string; previous: null; next: string | null }; truncated?: true };
  };
  'POST /identity/v3/domains': {
    body: {
      domain: {
        name: string;
        id?: string;
        description?: string | null;
        enabled?: boolean;
        tags?: string[];
        options?: { immutable?: boolean | null };
        explicit_domain_id?: string;
        [property: string]: unknown;
      };
    };
    answer: { domain: DomainView };
  };
  'GET /identity/v3/domains/:domain_id': {
    params: { domain_id: string };
    answer: { domain: DomainView };
  };
  'PATCH /identity/v3/domains/:domain_id': {
    params: { domain_id: string };
    body: {
      domain: {
        name?: string;
        id?: string;
        description?: string | null;
        enabled?: boolean;
        tags?: string[];
        options?: { immutable?: boolean | null };
        [property: string]: unknown;
      };
    };
    answer: { domain: DomainView };
  };
  'DELETE /identity/v3/domains/:domain_id': { params: { domain_id: string } };
  'GET /identity/v3/projects': {
    query: {
      limit?: string;
      marker?: string;
      name?: string;
      name__contains?: string;
      name__icontains?: string;
      name__startswith?: string;
      name__istartswith?: string;
      name__endswith?: string;
      name__iendswith?: string;
      domain_id?: string;
      domain_id__contains?: string;
      domain_id__icontains?: string;
      domain_id__startswith?: string;
      domain_id__istartswith?: string;
      domain_id__endswith?: string;
      domain_id__iendswith?: string;
      parent_id?: string;
      parent_id__contains?: string;
      parent_id__icontains?: string;
      parent_id__startswith?: string;
      parent_id__istartswith?: string;
      parent_id__endswith?: string;
      parent_id__iendswith?: string;
      enabled?: string;
      is_domain?: string;
      tags?: string;
      'tags-any'?: string;
      'not-tags'?: string;
      'not-tags-any'?: string;
    };
    answer: {
      projects: ProjectView[];
      links: { self: string; previous: null; next: string | null };
      truncated?: true;
    };
  };
  'POST /identity/v3/projects': {
    body: {
      project: {
        name: string;
        id?: string;
        description?: string | null;
        enabled?: boolean;
        tags?: string[];
        options?: { immutable?: boolean | null };
        domain_id?: string | null;
        parent_id?: string | null;
        is_domain?: boolean;
        [property: string]: unknown;
      };
    };
    answer: { project: ProjectView };
  };
  'GET /identity/v3/projects/:project_id': {
    params: { project_id: string };
    query: {
      parents_as_list?: string;
      parents_as_ids?: string;
      subtree_as_list?: string;
      subtree_as_ids?: string;
      include_limits?: string;
    };
    answer: {
      project: {
        id: string;
        name: string;
        description: string | null;
        enabled: boolean;
        tags: string[];
        options: { immutable?: boolean };
        links: { self: string };
        domain_id: string | null;
        parent_id: string | null;
        is_domain: boolean;
        parents?: {
          project: {
            id: string;
            name: string;
            description: string | null;
            enabled: boolean;
            tags: string[];
            options: { immutable?: boolean };
            links: { self: string };
            domain_id: string | null;
            parent_id: string | null;
            is_domain: boolean;
            limits?: {
              id: string;
              project_id: string | null;
              domain_id: string | null;
              service_id: string;
              region_id: string | null;
              resource_name: string;
              resource_limit: number;
              description: string | null;
            }[];
            [property: string]: unknown;
          };
        }[] | Record<string, unknown> | null;
        subtree?: {
          project: {
            id: string;
            name: string;
            description: string | null;
            enabled: boolean;
            tags: string[];
            options: { immutable?: boolean };
            links: { self: string };
            domain_id: string | null;
            parent_id: string | null;
            is_domain: boolean;
            limits?: {
              id: string;
              project_id: string | null;
              domain_id: string | null;
              service_id: string;
              region_id: string | null;
              resource_name: string;
              resource_limit: number;
              description: string | null;
            }[];
            [property: string]: unknown;
          };
        }[] | Record<string, unknown> | null;
        [property: string]: unknown;
      };
    };
  };
  'PATCH /identity/v3/projects/:project_id': {
    params: { project_id: string };
    body: {
      project: {
        name?: string;
        id?: string;
        description?: string | null;
        enabled?: boolean;
        tags?: string[];
        options?: { immutable?: boolean | null };
        domain_id?: string | null;
        parent_id?: string | null;
        is_domain?: boolean;
        [property: string]: unknown;
      };
    };
    answer: { project: ProjectView };
  };
  'DELETE /identity/v3/projects/:project_id': { params: { project_id: string } };
  'PATCH /identity/v3/projects/:project_id/cascade': {
    params: { project_id: string };
    body: { project: { enabled: boolean } };
    answer: { project: ProjectView };
  };
  'DELETE /identity/v3/projects/:project_id/cascade': { params: { project_id: string } };
  'GET /identity/v3/users/:user_id/projects': {
    params: { user_id: string };
    query: {
      limit?: string;
      marker?: string;
      name?: string;
      name__contains?: string;
      name__icontains?: string;
      name__startswith?: string;
      name__istartswith?: string;
      name__endswith?: string;
      name__iendswith?: string;
      domain_id?: string;
      domain_id__contains?: string;
      domain_id__icontains?: string;
      domain_id__startswith?: string;
      domain_id__istartswith?: string;
      domain_id__endswith?: string;
      domain_id__iendswith?: string;
      enabled?: string;
    };
    answer: {
      projects: ProjectView[];
      links: { self: string; previous: null; next: string | null };
      truncated?: true;
    };
  };
  'GET /identity/v3/projects/:project_id/tags': {
    params: { project_id: string };
    answer: { tags: string[]; links: { self: string } };
  };
  'PUT /identity/v3/projects/:project_id/tags': {
    params: { project_id: string };
    body: { tags: string[] };
    answer: { tags: string[]; links: { self: string } };
  };
  'DELETE /identity/v3/projects/:project_id/tags': { params: { project_id: string } };
  'GET /identity/v3/projects/:project_id/tags/:value': { params: { project_id: string; value: string } };
  'PUT /identity/v3/projects/:project_id/tags/:value': { params: { project_id: string; value: string } };
  'DELETE /identity/v3/projects/:project_id/tags/:value': { params: { project_id: string; value: string } };
  'GET /identity/v3/users': {
    query: {
      limit?: string;
      marker?: string;
      name?: string;
      name__contains?: string;
      name__icontains?: string;
      name__startswith?: string;
      name__istartswith?: string;
      name__endswith?: string;
      name__iendswith?: string;
      domain_id?: string;
      domain_id__contains?: string;
      domain_id__icontains?: string;
      domain_id__startswith?: string;
      domain_id__istartswith?: string;
      domain_id__endswith?: string;
      domain_id__iendswith?: string;
      enabled?: string;
      password_expires_at?: string | string[];
      idp_id?: string;
      protocol_id?: string;
      unique_id?: string;
    };
    answer: { users: UserView[]; links: { self: string; previous: null; next: string | null }; truncated?: true };
  };
  'POST /identity/v3/users': {
    body: {
      user: {
        name: string;
        id?: string;
        domain_id?: string;
        enabled?: boolean;
        password?: string | null;
        default_project_id?: string | null;
        description?: string | null;
        options?: {
          ignore_change_password_upon_first_use?: boolean | null;
          ignore_password_expiry?: boolean | null;
          ignore_lockout_failure_attempts?: boolean | null;
          ignore_user_inactivity?: boolean | null;
          lock_password?: boolean | null;
          multi_factor_auth_enabled?: boolean | null;
          multi_factor_auth_rules?: string[][] | null;
        };
        federated?: { idp_id: string; protocols: { protocol_id: string; unique_id: string }[] }[];
        [property: string]: unknown;
      };
    };
    answer: { user: UserView };
  };
  'GET /identity/v3/users/:user_id': {
    params: { user_id: string };
    answer: { user: UserView };
  };
  'PATCH /identity/v3/users/:user_id': {
    params: { user_id: string };
    body: {
      user: {
        name?: string;
        id?: string;
        domain_id?: string;
        enabled?: boolean;
        password?: string | null;
        default_project_id?: string | null;
        description?: string | null;
        options?: {
          ignore_change_password_upon_first_use?: boolean | null;
          ignore_password_expiry?: boolean | null;
          ignore_lockout_failure_attempts?: boolean | null;
          ignore_user_inactivity?: boolean | null;
          lock_password?: boolean | null;
          multi_factor_auth_enabled?: boolean | null;
          multi_factor_auth_rules?: string[][] | null;
        };
        federated?: { idp_id: string; protocols: { protocol_id: string; unique_id: string }[] }[];
        [property: string]: unknown;
      };
    };
    answer: { user: UserView };
  };
  'DELETE /identity/v3/users/:user_id': { params: { user_id: string } };
  'GET /identity/v3/groups': {
    query: {
      limit?: string;
      marker?: string;
      name?: string;
      name__contains?: string;
      name__icontains?: string;
      name__startswith?: string;
      name__istartswith?: string;
      name__endswith?: string;
      name__iendswith?: string;
      domain_id?: string;
      domain_id__contains?: string;
      domain_id__icontains?: string;
      domain_id__startswith?: string;
      domain_id__istartswith?: string;
      domain_id__endswith?: string;
      domain_id__iendswith?: string;
    };
    answer: { groups: GroupView[]; links: { self: string; previous: null; next: string | null }; truncated?: true };
  };
  'POST /identity/v3/groups': {
    body: {
      group: {
        name: string;
        id?: string;
        domain_id?: string;
        description?: string | null;
        [property: string]: unknown;
      };
    };
    answer: { group: GroupView };
  };
  'GET /identity/v3/groups/:group_id': {
    params: { group_id: string };
    answer: { group: GroupView };
  };
  'PATCH /identity/v3/groups/:group_id': {
    params: { group_id: string };
    body: {
      group: {
        name?: string;
        id?: string;
        domain_id?: string;
        description?: string | null;
        [property: string]: unknown;
      };
    };
    answer: { group: GroupView };
  };
  'DELETE /identity/v3/groups/:group_id': { params: { group_id: string } };
  'GET /identity/v3/groups/:group_id/users': {
    params: { group_id: string };
    query: {
      limit?: string;
      marker?: string;
      name?: string;
      name__contains?: string;
      name__icontains?: string;
      name__startswith?: string;
      name__istartswith?: string;
      name__endswith?: string;
      name__iendswith?: string;
      domain_id?: string;
      domain_id__contains?: string;
      domain_id__icontains?: string;
      domain_id__startswith?: string;
      domain_id__istartswith?: string;
      domain_id__endswith?: string;
      domain_id__iendswith?: string;
      enabled?: string;
      password_expires_at?: string | string[];
      idp_id?: string;
      protocol_id?: string;
      unique_id?: string;
    };
    answer: { users: UserView[]; links: { self: string; previous: null; next: string | null }; truncated?: true };
  };
  'GET /identity/v3/users/:user_id/groups': {
    params: { user_id: string };
    query: {
      limit?: string;
      marker?: string;
      name?: string;
      name__contains?: string;
      name__icontains?: string;
      name__startswith?: string;
      name__istartswith?: string;
      name__endswith?: string;
      name__iendswith?: string;
      domain_id?: string;
      domain_id__contains?: string;
      domain_id__icontains?: string;
      domain_id__startswith?: string;
      domain_id__istartswith?: string;
      domain_id__endswith?: string;
      domain_id__iendswith?: string;
    };
    answer: {
      groups: {
        id: string;
        name: string;
        domain_id: string;
        description: string | null;
        links: { self: string };
        membership_expires_at: string | null;
        [property: string]: unknown;
      }[];
      links: { self: string; previous: null; next: string | null };
      truncated?: true;
    };
  };
  'GET /identity/v3/groups/:group_id/users/:user_id': { params: { group_id: string; user_id: string } };
  'PUT /identity/v3/groups/:group_id/users/:user_id': { params: { group_id: string; user_id: string } };
  'DELETE /identity/v3/groups/:group_id/users/:user_id': { params: { group_id: string; user_id: string } };
  'GET /identity/v3/regions': {
    query: { parent_region_id?: string; [property: string]: unknown };
    answer: {
      regions: {
        id: string;
        description: string | null;
        parent_region_id: string | null;
        links: { self: string };
        [property: string]: unknown;
      }[];
      links: { self: string; previous: string | null; next: string | null };
    };
  };
  'POST /identity/v3/regions': {
    body: {
      region: {
        id?: string;
        description?: string | null;
        parent_region_id?: string | null;
        [property: string]: unknown;
      };
    };
    answer: {
      region: {
        id: string;
        description: string | null;
        parent_region_id: string | null;
        links: { self: string };
        [property: string]: unknown;
      };
    };
  };
  'GET /identity/v3/regions/:region_id': {
    params: { region_id: string };
    answer: {
      region: {
        id: string;
        description: string | null;
        parent_region_id: string | null;
        links: { self: string };
        [property: string]: unknown;
      };
    };
  };
  'PATCH /identity/v3/regions/:region_id': {
    params: { region_id: string };
    body: {
      region: {
        id?: string;
        description?: string | null;
        parent_region_id?: string | null;
        [property: string]: unknown;
      };
    };
    answer: {
      region: {
        id: string;
        description: string | null;
        parent_region_id: string | null;
        links: { self: string };
        [property: string]: unknown;
      };
    };
  };
  'DELETE /identity/v3/regions/:region_id': { params: { region_id: string } };
  'PUT /identity/v3/regions/:region_id': {
    params: { region_id: string };
    body: {
      region: {
        id?: string;
        description?: string | null;
        parent_region_id?: string | null;
        [property: string]: unknown;
      };
    };
    answer: {
      region: {
        id: string;
        description: string | null;
        parent_region_id: string | null;
        links: { self: string };
        [property: string]: unknown;
      };
    };
  };
  'GET /identity/v3/services': {
    query: { type?: string; name?: string; [property: string]: unknown };
    answer: {
      services: {
        id: string;
        type: string;
        name: string;
        enabled: boolean;
        links: { self: string };
        [property: string]: unknown;
      }[];
      links: { self: string; previous: string | null; next: string | null };
    };
  };
  'POST /identity/v3/services': {
    body: { service: { type: string; name?: string; enabled?: boolean; [property: string]: unknown } };
    answer: {
      service: {
        id: string;
        type: string;
        name: string;
        enabled: boolean;
        links: { self: string };
        [property: string]: unknown;
      };
    };
  };
  'GET /identity/v3/services/:service_id': {
    params: { service_id: string };
    answer: {
      service: {
        id: string;
        type: string;
        name: string;
        enabled: boolean;
        links: { self: string };
        [property: string]: unknown;
      };
    };
  };
  'PATCH /identity/v3/services/:service_id': {
    params: { service_id: string };
    body: { service: { type?: string; name?: string; enabled?: boolean; [property: string]: unknown } };
    answer: {
      service: {
        id: string;
        type: string;
        name: string;
        enabled: boolean;
        links: { self: string };
        [property: string]: unknown;
      };
    };
  };
  'DELETE /identity/v3/services/:service_id': { params: { service_id: string } };
  'GET /identity/v3/endpoints': {
    query: { interface?: string; service_id?: string; region_id?: string; [property: string]: unknown };
    answer: {
      endpoints: {
        id: string;
        interface: 'admin' | 'internal' | 'public';
        service_id: string;
        region_id: string | null;
        region: string | null;
        url: string;
        enabled: boolean;
        links: { self: string };
        [property: string]: unknown;
      }[];
      links: { self: string; previous: string | null; next: string | null };
    };
  };
  'POST /identity/v3/endpoints': {
    body: {
      endpoint: {
        interface: 'admin' | 'internal' | 'public';
        service_id: string;
        url: string;
        region_id?: string | null;
        region?: string | null;
        enabled?: boolean;
        name?: string;
        description?: string | null;
        [property: string]: unknown;
      };
    };
    answer: {
      endpoint: {
        id: string;
        interface: 'admin' | 'internal' | 'public';
        service_id: string;
        region_id: string | null;
        region: string | null;
        url: string;
        enabled: boolean;
        links: { self: string };
        [property: string]: unknown;
      };
    };
  };
  'GET /identity/v3/endpoints/:endpoint_id': {
    params: { endpoint_id: string };
    answer: {
      endpoint: {
        id: string;
        interface: 'admin' | 'internal' | 'public';
        service_id: string;
        region_id: string | null;
        region: string | null;
        url: string;
        enabled: boolean;
        links: { self: string };
        [property: string]: unknown;
      };
    };
  };
  'PATCH /identity/v3/endpoints/:endpoint_id': {
    params: { endpoint_id: string };
    body: {
      endpoint: {
        interface?: 'admin' | 'internal' | 'public';
        service_id?: string;
        url?: string;
        region_id?: string | null;
        region?: string | null;
        enabled?: boolean;
        name?: string;
        description?: string | null;
        [property: string]: unknown;
      };
    };
    answer: {
      endpoint: {
        id: string;
        interface: 'admin' | 'internal' | 'public';
        service_id: string;
        region_id: string | null;
        region: string | null;
        url: string;
        enabled: boolean;
        links: { self: string };
        [property: string]: unknown;
      };
    };
  };
  'DELETE /identity/v3/endpoints/:endpoint_id': { params: { endpoint_id: string } };
  'GET /identity/v3/OS-EP-FILTER/endpoint_groups': {
    query: { name?: string; [property: string]: unknown };
    answer: {
      endpoint_groups: {
        id: string;
        name: string;
        description: string | null;
        filters: Record<string, unknown>;
        links: { self: string };
        [property: string]: unknown;
      }[];
      links: { self: string; previous: string | null; next: string | null };
    };
  };
  'POST /identity/v3/OS-EP-FILTER/endpoint_groups': {
    body: {
      endpoint_group: {
        name: string;
        description?: string | null;
        filters: {
          interface?: 'admin' | 'internal' | 'public';
          service_id?: string;
          region_id?: string | null;
          enabled?: boolean;
        };
      };
    };
    answer: {
      endpoint_group: {
        id: string;
        name: string;
        description: string | null;
        filters: Record<string, unknown>;
        links: { self: string };
        [property: string]: unknown;
      };
    };
  };
  'GET /identity/v3/OS-EP-FILTER/endpoint_groups/:endpoint_group_id': {
    params: { endpoint_group_id: string };
    answer: {
      endpoint_group: {
        id: string;
        name: string;
        description: string | null;
        filters: Record<string, unknown>;
        links: { self: string };
        [property: string]: unknown;
      };
    };
  };
  'PATCH /identity/v3/OS-EP-FILTER/endpoint_groups/:endpoint_group_id': {
    params: { endpoint_group_id: string };
    body: {
      endpoint_group: {
        name?: string;
        description?: string | null;
        filters?: {
          interface?: 'admin' | 'internal' | 'public';
          service_id?: string;
          region_id?: string | null;
          enabled?: boolean;
        };
      };
    };
    answer: {
      endpoint_group: {
        id: string;
        name: string;
        description: string | null;
        filters: Record<string, unknown>;
        links: { self: string };
        [property: string]: unknown;
      };
    };
  };
  'DELETE /identity/v3/OS-EP-FILTER/endpoint_groups/:endpoint_group_id': { params: { endpoint_group_id: string } };
  'GET /identity/v3/policies': {
    query: { type?: string; [property: string]: unknown };
    answer: {
      policies: { id: string; type: string; blob: unknown; links: { self: string }; [property: string]: unknown }[];
      links: { self: string; previous: string | null; next: string | null };
    };
  };
  'POST /identity/v3/policies': {
    body: { policy: { type: string; blob: string; [property: string]: unknown } };
    answer: {
      policy: { id: string; type: string; blob: unknown; links: { self: string }; [property: string]: unknown };
    };
  };
  'GET /identity/v3/policies/:policy_id': {
    params: { policy_id: string };
    answer: {
      policy: { id: string; type: string; blob: unknown; links: { self: string }; [property: string]: unknown };
    };
  };
  'PATCH /identity/v3/policies/:policy_id': {
    params: { policy_id: string };
    body: { policy: { type?: string; blob?: string; [property: string]: unknown } };
    answer: {
      policy: { id: string; type: string; blob: unknown; links: { self: string }; [property: string]: unknown };
    };
  };
  'DELETE /identity/v3/policies/:policy_id': { params: { policy_id: string } };
  'PUT /identity/v3/OS-EP-FILTER/projects/:project_id/endpoints/:endpoint_id': {
    params: { project_id: string; endpoint_id: string };
  };
  'GET /identity/v3/OS-EP-FILTER/projects/:project_id/endpoints/:endpoint_id': {
    params: { project_id: string; endpoint_id: string };
  };
  'DELETE /identity/v3/OS-EP-FILTER/projects/:project_id/endpoints/:endpoint_id': {
    params: { project_id: string; endpoint_id: string };
  };
  'GET /identity/v3/OS-EP-FILTER/endpoints/:endpoint_id/projects': {
    params: { endpoint_id: string };
    answer: {
      projects: { id: string; [property: string]: unknown }[];
      links: { self: string; previous: string | null; next: string | null };
    };
  };
  'GET /identity/v3/OS-EP-FILTER/projects/:project_id/endpoints': {
    params: { project_id: string };
    answer: {
      endpoints: {
        id: string;
        interface: 'admin' | 'internal' | 'public';
        service_id: string;
        region_id: string | null;
        region: string | null;
        url: string;
        enabled: boolean;
        links: { self: string };
        [property: string]: unknown;
      }[];
      links: { self: string; previous: string | null; next: string | null };
    };
  };
  'GET /identity/v3/OS-EP-FILTER/projects/:project_id/endpoint_groups': {
    params: { project_id: string };
    answer: {
      endpoint_groups: {
        id: string;
        name: string;
        description: string | null;
        filters: Record<string, unknown>;
        links: { self: string };
        [property: string]: unknown;
      }[];
      links: { self: string; previous: string | null; next: string | null };
    };
  };
  'GET /identity/v3/OS-EP-FILTER/endpoint_groups/:endpoint_group_id/endpoints': {
    params: { endpoint_group_id: string };
    answer: {
      endpoints: {
        id: string;
        interface: 'admin' | 'internal' | 'public';
        service_id: string;
        region_id: string | null;
        region: string | null;
        url: string;
        enabled: boolean;
        links: { self: string };
        [property: string]: unknown;
      }[];
      links: { self: string; previous: string | null; next: string | null };
    };
  };
  'GET /identity/v3/OS-EP-FILTER/endpoint_groups/:endpoint_group_id/projects': {
    params: { endpoint_group_id: string };
    answer: {
      projects: { id: string; [property: string]: unknown }[];
      links: { self: string; previous: string | null; next: string | null };
    };
  };
  'PUT /identity/v3/OS-EP-FILTER/endpoint_groups/:endpoint_group_id/projects/:project_id': {
    params: { endpoint_group_id: string; project_id: string };
  };
  'GET /identity/v3/OS-EP-FILTER/endpoint_groups/:endpoint_group_id/projects/:project_id': {
    params: { endpoint_group_id: string; project_id: string };
    answer: { project_endpoint_group: { project_id: string; endpoint_group_id: string; [property: string]: unknown } };
  };
  'DELETE /identity/v3/OS-EP-FILTER/endpoint_groups/:endpoint_group_id/projects/:project_id': {
    params: { endpoint_group_id: string; project_id: string };
  };
  'PUT /identity/v3/policies/:policy_id/OS-ENDPOINT-POLICY/endpoints/:endpoint_id': {
    params: { policy_id: string; endpoint_id: string };
  };
  'GET /identity/v3/policies/:policy_id/OS-ENDPOINT-POLICY/endpoints/:endpoint_id': {
    params: { policy_id: string; endpoint_id: string };
  };
  'DELETE /identity/v3/policies/:policy_id/OS-ENDPOINT-POLICY/endpoints/:endpoint_id': {
    params: { policy_id: string; endpoint_id: string };
  };
  'PUT /identity/v3/policies/:policy_id/OS-ENDPOINT-POLICY/services/:service_id': {
    params: { policy_id: string; service_id: string };
  };
  'GET /identity/v3/policies/:policy_id/OS-ENDPOINT-POLICY/services/:service_id': {
    params: { policy_id: string; service_id: string };
  };
  'DELETE /identity/v3/policies/:policy_id/OS-ENDPOINT-POLICY/services/:service_id': {
    params: { policy_id: string; service_id: string };
  };
  'PUT /identity/v3/policies/:policy_id/OS-ENDPOINT-POLICY/services/:service_id/regions/:region_id': {
    params: { policy_id: string; service_id: string; region_id: string };
  };
  'GET /identity/v3/policies/:policy_id/OS-ENDPOINT-POLICY/services/:service_id/regions/:region_id': {
    params: { policy_id: string; service_id: string; region_id: string };
  };
  'DELETE /identity/v3/policies/:policy_id/OS-ENDPOINT-POLICY/services/:service_id/regions/:region_id': {
    params: { policy_id: string; service_id: string; region_id: string };
  };
  'GET /identity/v3/policies/:policy_id/OS-ENDPOINT-POLICY/endpoints': {
    params: { policy_id: string };
    answer: {
      endpoints: {
        id: string;
        interface: 'admin' | 'internal' | 'public';
        service_id: string;
        region_id: string | null;
        region: string | null;
        url: string;
        enabled: boolean;
        links: { self: string };
        [property: string]: unknown;
      }[];
      links: { self: string; previous: string | null; next: string | null };
    };
  };
  'GET /identity/v3/endpoints/:endpoint_id/OS-ENDPOINT-POLICY/policy': {
    params: { endpoint_id: string };
    answer: {
      policy: { id: string; type: string; blob: unknown; links: { self: string }; [property: string]: unknown };
    };
  };
  'GET /identity/v3/registered_limits': {
    query: { service_id?: string; region_id?: string; resource_name?: string; [property: string]: unknown };
    answer: {
      registered_limits: {
        id: string;
        service_id: string;
        region_id: string | null;
        resource_name: string;
        default_limit: number;
        description: string | null;
        links: { self: string };
        [property: string]: unknown;
      }[];
      links: { self: string; previous: string | null; next: string | null };
    };
  };
  'POST /identity/v3/registered_limits': {
    body: {
      registered_limits: {
        service_id: string;
        resource_name: string;
        default_limit: number;
        region_id?: string | null;
        description?: string | null;
      }[];
    };
    answer: {
      registered_limits: {
        id: string;
        service_id: string;
        region_id: string | null;
        resource_name: string;
        default_limit: number;
        description: string | null;
        links: { self: string };
        [property: string]: unknown;
      }[];
    };
  };
  'GET /identity/v3/registered_limits/:registered_limit_id': {
    params: { registered_limit_id: string };
    answer: {
      registered_limit: {
        id: string;
        service_id: string;
        region_id: string | null;
        resource_name: string;
        default_limit: number;
        description: string | null;
        links: { self: string };
        [property: string]: unknown;
      };
    };
  };
  'PATCH /identity/v3/registered_limits/:registered_limit_id': {
    params: { registered_limit_id: string };
    body: {
      registered_limit: {
        service_id?: string;
        resource_name?: string;
        default_limit?: number;
        region_id?: string | null;
        description?: string | null;
      };
    };
    answer: {
      registered_limit: {
        id: string;
        service_id: string;
        region_id: string | null;
        resource_name: string;
        default_limit: number;
        description: string | null;
        links: { self: string };
        [property: string]: unknown;
      };
    };
  };
  'DELETE /identity/v3/registered_limits/:registered_limit_id': { params: { registered_limit_id: string } };
  'GET /identity/v3/limits': {
    query: {
      service_id?: string;
      region_id?: string;
      resource_name?: string;
      project_id?: string;
      domain_id?: string;
      [property: string]: unknown;
    };
    answer: {
      limits: {
        id: string;
        project_id: string | null;
        domain_id: string | null;
        service_id: string;
        region_id: string | null;
        resource_name: string;
        resource_limit: number;
        description: string | null;
        links: { self: string };
      }[];
      links: { self: string; previous: string | null; next: string | null };
    };
  };
  'POST /identity/v3/limits': {
    body: {
      limits: ({
        service_id: string;
        resource_name: string;
        resource_limit: number;
        region_id?: string | null;
        description?: string | null;
        project_id: string;
      } | {
        service_id: string;
        resource_name: string;
        resource_limit: number;
        region_id?: string | null;
        description?: string | null;
        domain_id: string;
      })[];
    };
    answer: {
      limits: {
        id: string;
        project_id: string | null;
        domain_id: string | null;
        service_id: string;
        region_id: string | null;
        resource_name: string;
        resource_limit: number;
        description: string | null;
        links: { self: string };
      }[];
    };
  };
  'GET /identity/v3/limits/model': { answer: { model: { name: string; description: string } } };
  'GET /identity/v3/limits/:limit_id': {
    params: { limit_id: string };
    answer: {
      limit: {
        id: string;
        project_id: string | null;
        domain_id: string | null;
        service_id: string;
        region_id: string | null;
        resource_name: string;
        resource_limit: number;
        description: string | null;
        links: { self: string };
      };
    };
  };
  'PATCH /identity/v3/limits/:limit_id': {
    params: { limit_id: string };
    body: { limit: { resource_limit?: number; description?: string | null } };
    answer: {
      limit: {
        id: string;
        project_id: string | null;
        domain_id: string | null;
        service_id: string;
        region_id: string | null;
        resource_name: string;
        resource_limit: number;
        description: string | null;
        links: { self: string };
      };
    };
  };
  'DELETE /identity/v3/limits/:limit_id': { params: { limit_id: string } };
  'GET /identity/v3/OS-OAUTH1/consumers': {
    query: Record<string, unknown>;
    answer: {
      consumers: {
        id: string;
        description: string | null;
        secret?: string;
        links: { self: string };
        [property: string]: unknown;
      }[];
      links: { self: string; previous: string | null; next: string | null };
    };
  };
  'POST /identity/v3/OS-OAUTH1/consumers': {
    body: { consumer: { description?: string | null; [property: string]: unknown } };
    answer: {
      consumer: {
        id: string;
        description: string | null;
        secret?: string;
        links: { self: string };
        [property: string]: unknown;
      };
    };
  };
  'GET /identity/v3/OS-OAUTH1/consumers/:consumer_id': {
    params: { consumer_id: string };
    answer: {
      consumer: {
        id: string;
        description: string | null;
        secret?: string;
        links: { self: string };
        [property: string]: unknown;
      };
    };
  };
  'PATCH /identity/v3/OS-OAUTH1/consumers/:consumer_id': {
    params: { consumer_id: string };
    body: { consumer: { description?: string | null; [property: string]: unknown } };
    answer: {
      consumer: {
        id: string;
        description: string | null;
        secret?: string;
        links: { self: string };
        [property: string]: unknown;
      };
    };
  };
  'DELETE /identity/v3/OS-OAUTH1/consumers/:consumer_id': { params: { consumer_id: string } };
  'POST /identity/v3/OS-OAUTH1/request_token': { answer: Blob };
  'PUT /identity/v3/OS-OAUTH1/authorize/:request_token_id': {
    params: { request_token_id: string };
    body: { roles: ({ id: string } | { name: string })[] };
    answer: { token: { oauth_verifier: string } };
  };
  'POST /identity/v3/OS-OAUTH1/access_token': { answer: Blob };
  'GET /identity/v3/users/:user_id/OS-OAUTH1/access_tokens': {
    params: { user_id: string };
    answer: {
      access_tokens: {
        id: string;
        consumer_id: string;
        project_id: string;
        authorizing_user_id: string;
        expires_at: string | null;
        links: { self: string; roles: string };
      }[];
      links: { self: string; previous: string | null; next: string | null };
    };
  };
  'GET /identity/v3/users/:user_id/OS-OAUTH1/access_tokens/:access_token_id': {
    params: { user_id: string; access_token_id: string };
    answer: {
      access_token: {
        id: string;
        consumer_id: string;
        project_id: string;
        authorizing_user_id: string;
        expires_at: string | null;
        links: { self: string; roles: string };
      };
    };
  };
  'DELETE /identity/v3/users/:user_id/OS-OAUTH1/access_tokens/:access_token_id': {
    params: { user_id: string; access_token_id: string };
  };
  'GET /identity/v3/users/:user_id/OS-OAUTH1/access_tokens/:access_token_id/roles': {
    params: { user_id: string; access_token_id: string };
    answer: {
      roles: {
        id: string;
        name: string;
        domain_id: string | null;
        description: string | null;
        options: { immutable?: boolean };
        links: { self: string };
        [property: string]: unknown;
      }[];
      links: { self: string; previous: string | null; next: string | null };
    };
  };
  'GET /identity/v3/users/:user_id/OS-OAUTH1/access_tokens/:access_token_id/roles/:role_id': {
    params: { user_id: string; access_token_id: string; role_id: string };
    answer: {
      role: {
        id: string;
        name: string;
        domain_id: string | null;
        description: string | null;
        options: { immutable?: boolean };
        links: { self: string };
        [property: string]: unknown;
      };
    };
  };
  'POST /identity/v3/OS-OAUTH2/token': {
    body: Blob;
    answer: { access_token: string; token_type: 'Bearer'; expires_in: number };
  };
  'GET /identity/v3/roles': {
    query: { name?: string; domain_id?: string; [property: string]: unknown };
    answer: {
      roles: {
        id: string;
        name: string;
        domain_id: string | null;
        description: string | null;
        options: { immutable?: boolean };
        links: { self: string };
        [property: string]: unknown;
      }[];
      links: { self: string; previous: string | null; next: string | null };
    };
  };
  'POST /identity/v3/roles': {
    body: {
      role: {
        name: string;
        description?: string | null;
        domain_id?: string | null;
        options?: { immutable?: boolean | null };
        [property: string]: unknown;
      };
    };
    answer: {
      role: {
        id: string;
        name: string;
        domain_id: string | null;
        description: string | null;
        options: { immutable?: boolean };
        links: { self: string };
        [property: string]: unknown;
      };
    };
  };
  'GET /identity/v3/roles/:role_id': {
    params: { role_id: string };
    answer: {
      role: {
        id: string;
        name: string;
        domain_id: string | null;
        description: string | null;
        options: { immutable?: boolean };
        links: { self: string };
        [property: string]: unknown;
      };
    };
  };
  'PATCH /identity/v3/roles/:role_id': {
    params: { role_id: string };
    body: {
      role: {
        name?: string;
        description?: string | null;
        domain_id?: string | null;
        options?: { immutable?: boolean | null };
        [property: string]: unknown;
      };
    };
    answer: {
      role: {
        id: string;
        name: string;
        domain_id: string | null;
        description: string | null;
        options: { immutable?: boolean };
        links: { self: string };
        [property: string]: unknown;
      };
    };
  };
  'DELETE /identity/v3/roles/:role_id': { params: { role_id: string } };
  'GET /identity/v3/role_inferences': {
    answer: {
      role_inferences: {
        prior_role: { id: string; name: string; links: { self: string } };
        implies: { id: string; name: string; links: { self: string } }[];
      }[];
    };
  };
  'GET /identity/v3/roles/:prior_role_id/implies': {
    params: { prior_role_id: string };
    answer: {
      role_inference: {
        prior_role: { id: string; name: string; links: { self: string } };
        implies: { id: string; name: string; links: { self: string } }[];
      };
      links: { self: string };
    };
  };
  'GET /identity/v3/roles/:prior_role_id/implies/:implied_role_id': {
    params: { prior_role_id: string; implied_role_id: string };
    answer: {
      role_inference: {
        prior_role: { id: string; name: string; links: { self: string } };
        implies: { id: string; name: string; links: { self: string } };
      };
      links: { self: string };
    };
  };
  'HEAD /identity/v3/roles/:prior_role_id/implies/:implied_role_id': {
    params: { prior_role_id: string; implied_role_id: string };
  };
  'PUT /identity/v3/roles/:prior_role_id/implies/:implied_role_id': {
    params: { prior_role_id: string; implied_role_id: string };
    answer: {
      role_inference: {
        prior_role: { id: string; name: string; links: { self: string } };
        implies: { id: string; name: string; links: { self: string } };
      };
      links: { self: string };
    };
  };
  'DELETE /identity/v3/roles/:prior_role_id/implies/:implied_role_id': {
    params: { prior_role_id: string; implied_role_id: string };
  };
  'GET /identity/v3/system/users/:user_id/roles': {
    params: { user_id: string };
    answer: {
      roles: {
        id: string;
        name: string;
        domain_id: string | null;
        description: string | null;
        options: { immutable?: boolean };
        links: { self: string };
        [property: string]: unknown;
      }[];
      links: { self: string; previous: string | null; next: string | null };
    };
  };
  'GET /identity/v3/system/users/:user_id/roles/:role_id': { params: { user_id: string; role_id: string } };
  'PUT /identity/v3/system/users/:user_id/roles/:role_id': { params: { user_id: string; role_id: string } };
  'DELETE /identity/v3/system/users/:user_id/roles/:role_id': { params: { user_id: string; role_id: string } };
  'GET /identity/v3/projects/:project_id/users/:user_id/roles': {
    params: { project_id: string; user_id: string };
    answer: {
      roles: {
        id: string;
        name: string;
        domain_id: string | null;
        description: string | null;
        options: { immutable?: boolean };
        links: { self: string };
        [property: string]: unknown;
      }[];
      links: { self: string; previous: string | null; next: string | null };
    };
  };
  'GET /identity/v3/projects/:project_id/users/:user_id/roles/:role_id': {
    params: { project_id: string; user_id: string; role_id: string };
  };
  'PUT /identity/v3/projects/:project_id/users/:user_id/roles/:role_id': {
    params: { project_id: string; user_id: string; role_id: string };
  };
  'DELETE /identity/v3/projects/:project_id/users/:user_id/roles/:role_id': {
    params: { project_id: string; user_id: string; role_id: string };
  };
  'GET /identity/v3/OS-INHERIT/projects/:project_id/users/:user_id/roles/inherited_to_projects': {
    params: { project_id: string; user_id: string };
    answer: {
      roles: {
        id: string;
        name: string;
        domain_id: string | null;
        description: string | null;
        options: { immutable?: boolean };
        links: { self: string };
        [property: string]: unknown;
      }[];
      links: { self: string; previous: string | null; next: string | null };
    };
  };
  'GET /identity/v3/OS-INHERIT/projects/:project_id/users/:user_id/roles/:role_id/inherited_to_projects': {
    params: { project_id: string; user_id: string; role_id: string };
  };
  'PUT /identity/v3/OS-INHERIT/projects/:project_id/users/:user_id/roles/:role_id/inherited_to_projects': {
    params: { project_id: string; user_id: string; role_id: string };
  };
  'DELETE /identity/v3/OS-INHERIT/projects/:project_id/users/:user_id/roles/:role_id/inherited_to_projects': {
    params: { project_id: string; user_id: string; role_id: string };
  };
  'GET /identity/v3/domains/:domain_id/users/:user_id/roles': {
    params: { domain_id: string; user_id: string };
    answer: {
      roles: {
        id: string;
        name: string;
        domain_id: string | null;
        description: string | null;
        options: { immutable?: boolean };
        links: { self: string };
        [property: string]: unknown;
      }[];
      links: { self: string; previous: string | null; next: string | null };
    };
  };
  'GET /identity/v3/domains/:domain_id/users/:user_id/roles/:role_id': {
    params: { domain_id: string; user_id: string; role_id: string };
  };
  'PUT /identity/v3/domains/:domain_id/users/:user_id/roles/:role_id': {
    params: { domain_id: string; user_id: string; role_id: string };
  };
  'DELETE /identity/v3/domains/:domain_id/users/:user_id/roles/:role_id': {
    params: { domain_id: string; user_id: string; role_id: string };
  };
  'GET /identity/v3/OS-INHERIT/domains/:domain_id/users/:user_id/roles/inherited_to_projects': {
    params: { domain_id: string; user_id: string };
    answer: {
      roles: {
        id: string;
        name: string;
        domain_id: string | null;
        description: string | null;
        options: { immutable?: boolean };
        links: { self: string };
        [property: string]: unknown;
      }[];
      links: { self: string; previous: string | null; next: string | null };
    };
  };
  'GET /identity/v3/OS-INHERIT/domains/:domain_id/users/:user_id/roles/:role_id/inherited_to_projects': {
    params: { domain_id: string; user_id: string; role_id: string };
  };
  'PUT /identity/v3/OS-INHERIT/domains/:domain_id/users/:user_id/roles/:role_id/inherited_to_projects': {
    params: { domain_id: string; user_id: string; role_id: string };
  };
  'DELETE /identity/v3/OS-INHERIT/domains/:domain_id/users/:user_id/roles/:role_id/inherited_to_projects': {
    params: { domain_id: string; user_id: string; role_id: string };
  };
  'GET /identity/v3/system/groups/:group_id/roles': {
    params: { group_id: string };
    answer: {
      roles: {
        id: string;
        name: string;
        domain_id: string | null;
        description: string | null;
        options: { immutable?: boolean };
        links: { self: string };
        [property: string]: unknown;
      }[];
      links: { self: string; previous: string | null; next: string | null };
    };
  };
  'GET /identity/v3/system/groups/:group_id/roles/:role_id': { params: { group_id: string; role_id: string } };
  'PUT /identity/v3/system/groups/:group_id/roles/:role_id': { params: { group_id: string; role_id: string } };
  'DELETE /identity/v3/system/groups/:group_id/roles/:role_id': { params: { group_id: string; role_id: string } };
  'GET /identity/v3/projects/:project_id/groups/:group_id/roles': {
    params: { project_id: string; group_id: string };
    answer: {
      roles: {
        id: string;
        name: string;
        domain_id: string | null;
        description: string | null;
        options: { immutable?: boolean };
        links: { self: string };
        [property: string]: unknown;
      }[];
      links: { self: string; previous: string | null; next: string | null };
    };
  };
  'GET /identity/v3/projects/:project_id/groups/:group_id/roles/:role_id': {
    params: { project_id: string; group_id: string; role_id: string };
  };
  'PUT /identity/v3/projects/:project_id/groups/:group_id/roles/:role_id': {
    params: { project_id: string; group_id: string; role_id: string };
  };
  'DELETE /identity/v3/projects/:project_id/groups/:group_id/roles/:role_id': {
    params: { project_id: string; group_id: string; role_id: string };
  };
  'GET /identity/v3/OS-INHERIT/projects/:project_id/groups/:group_id/roles/inherited_to_projects': {
    params: { project_id: string; group_id: string };
    answer: {
      roles: {
        id: string;
        name: string;
        domain_id: string | null;
        description: string | null;
        options: { immutable?: boolean };
        links: { self: string };
        [property: string]: unknown;
      }[];
      links: { self: string; previous: string | null; next: string | null };
    };
  };
  'GET /identity/v3/OS-INHERIT/projects/:project_id/groups/:group_id/roles/:role_id/inherited_to_projects': {
    params: { project_id: string; group_id: string; role_id: string };
  };
  'PUT /identity/v3/OS-INHERIT/projects/:project_id/groups/:group_id/roles/:role_id/inherited_to_projects': {
    params: { project_id: string; group_id: string; role_id: string };
  };
  'DELETE /identity/v3/OS-INHERIT/projects/:project_id/groups/:group_id/roles/:role_id/inherited_to_projects': {
    params: { project_id: string; group_id: string; role_id: string };
  };
  'GET /identity/v3/domains/:domain_id/groups/:group_id/roles': {
    params: { domain_id: string; group_id: string };
    answer: {
      roles: {
        id: string;
        name: string;
        domain_id: string | null;
        description: string | null;
        options: { immutable?: boolean };
        links: { self: string };
        [property: string]: unknown;
      }[];
      links: { self: string; previous: string | null; next: string | null };
    };
  };
  'GET /identity/v3/domains/:domain_id/groups/:group_id/roles/:role_id': {
    params: { domain_id: string; group_id: string; role_id: string };
  };
  'PUT /identity/v3/domains/:domain_id/groups/:group_id/roles/:role_id': {
    params: { domain_id: string; group_id: string; role_id: string };
  };
  'DELETE /identity/v3/domains/:domain_id/groups/:group_id/roles/:role_id': {
    params: { domain_id: string; group_id: string; role_id: string };
  };
  'GET /identity/v3/OS-INHERIT/domains/:domain_id/groups/:group_id/roles/inherited_to_projects': {
    params: { domain_id: string; group_id: string };
    answer: {
      roles: {
        id: string;
        name: string;
        domain_id: string | null;
        description: string | null;
        options: { immutable?: boolean };
        links: { self: string };
        [property: string]: unknown;
      }[];
      links: { self: string; previous: string | null; next: string | null };
    };
  };
  'GET /identity/v3/OS-INHERIT/domains/:domain_id/groups/:group_id/roles/:role_id/inherited_to_projects': {
    params: { domain_id: string; group_id: string; role_id: string };
  };
  'PUT /identity/v3/OS-INHERIT/domains/:domain_id/groups/:group_id/roles/:role_id/inherited_to_projects': {
    params: { domain_id: string; group_id: string; role_id: string };
  };
  'DELETE /identity/v3/OS-INHERIT/domains/:domain_id/groups/:group_id/roles/:role_id/inherited_to_projects': {
    params: { domain_id: string; group_id: string; role_id: string };
  };
  'GET /identity/v3/role_assignments': {
    query: {
      'role.id'?: string;
      'user.id'?: string;
      'group.id'?: string;
      'scope.project.id'?: string;
      'scope.domain.id'?: string;
      'scope.system'?: string;
      'scope.OS-INHERIT:inherited_to'?: string;
      effective?: string;
      include_names?: string;
      include_subtree?: string;
      [property: string]: unknown;
    };
    answer: {
      role_assignments: {
        role: { id: string; name?: string; domain?: { id: string | null; name: string | null } };
        user?: { id: string; name?: string; domain?: { id: string | null; name: string | null } };
        group?: { id: string; name?: string; domain?: { id: string | null; name: string | null } };
        scope: {
          project?: { id: string; name?: string; domain?: { id: string | null; name: string | null } };
          domain?: { id: string; name?: string; domain?: { id: string | null; name: string | null } };
          system?: { all: true };
          'OS-INHERIT:inherited_to'?: 'projects';
        };
        links: { assignment: string; membership?: string; prior_role?: string };
      }[];
      links: { self: string; previous: string | null; next: string | null };
    };
  };
  'GET /identity/v3/OS-FEDERATION/identity_providers': {
    query: { id?: string; enabled?: string; [property: string]: unknown };
    answer: {
      identity_providers: {
        id: string;
        domain_id: string;
        enabled: boolean;
        description: string | null;
        authorization_ttl: number | null;
        remote_ids: string[];
        links: { self: string; protocols: string };
      }[];
      links: { self: string; previous: string | null; next: string | null };
    };
  };
  'PUT /identity/v3/OS-FEDERATION/identity_providers/:idp_id': {
    params: { idp_id: string };
    body: {
      identity_provider?: {
        enabled?: boolean;
        description?: string | null;
        authorization_ttl?: number | null;
        remote_ids?: string[] | null;
        domain_id?: string | null;
      };
    };
    answer: {
      identity_provider: {
        id: string;
        domain_id: string;
        enabled: boolean;
        description: string | null;
        authorization_ttl: number | null;
        remote_ids: string[];
        links: { self: string; protocols: string };
      };
    };
  };
  'GET /identity/v3/OS-FEDERATION/identity_providers/:idp_id': {
    params: { idp_id: string };
    answer: {
      identity_provider: {
        id: string;
        domain_id: string;
        enabled: boolean;
        description: string | null;
        authorization_ttl: number | null;
        remote_ids: string[];
        links: { self: string; protocols: string };
      };
    };
  };
  'PATCH /identity/v3/OS-FEDERATION/identity_providers/:idp_id': {
    params: { idp_id: string };
    body: {
      identity_provider: {
        enabled?: boolean;
        description?: string | null;
        authorization_ttl?: number | null;
        remote_ids?: string[] | null;
      };
    };
    answer: {
      identity_provider: {
        id: string;
        domain_id: string;
        enabled: boolean;
        description: string | null;
        authorization_ttl: number | null;
        remote_ids: string[];
        links: { self: string; protocols: string };
      };
    };
  };
  'DELETE /identity/v3/OS-FEDERATION/identity_providers/:idp_id': { params: { idp_id: string } };
  'GET /identity/v3/OS-FEDERATION/identity_providers/:idp_id/protocols': {
    params: { idp_id: string };
    query: { id?: string; enabled?: string; [property: string]: unknown };
    answer: {
      protocols: {
        id: string;
        mapping_id: string;
        idp_id?: string;
        remote_id_attribute?: string | null;
        links: { self: string; identity_provider: string };
      }[];
      links: { self: string; previous: string | null; next: string | null };
    };
  };
  'PUT /identity/v3/OS-FEDERATION/identity_providers/:idp_id/protocols/:protocol_id': {
    params: { idp_id: string; protocol_id: string };
    body: { protocol: { mapping_id: string; remote_id_attribute?: string | null } };
    answer: {
      protocol: {
        id: string;
        mapping_id: string;
        idp_id?: string;
        remote_id_attribute?: string | null;
        links: { self: string; identity_provider: string };
      };
    };
  };
  'GET /identity/v3/OS-FEDERATION/identity_providers/:idp_id/protocols/:protocol_id': {
    params: { idp_id: string; protocol_id: string };
    answer: {
      protocol: {
        id: string;
        mapping_id: string;
        idp_id?: string;
        remote_id_attribute?: string | null;
        links: { self: string; identity_provider: string };
      };
    };
  };
  'PATCH /identity/v3/OS-FEDERATION/identity_providers/:idp_id/protocols/:protocol_id': {
    params: { idp_id: string; protocol_id: string };
    body: { protocol: { mapping_id: string; remote_id_attribute?: string } };
    answer: {
      protocol: {
        id: string;
        mapping_id: string;
        idp_id?: string;
        remote_id_attribute?: string | null;
        links: { self: string; identity_provider: string };
      };
    };
  };
  'DELETE /identity/v3/OS-FEDERATION/identity_providers/:idp_id/protocols/:protocol_id': {
    params: { idp_id: string; protocol_id: string };
  };
  'GET /identity/v3/OS-FEDERATION/mappings': {
    query: { id?: string; enabled?: string; [property: string]: unknown };
    answer: {
      mappings: { id: string; rules: Record<string, unknown>[]; schema_version: string; links: { self: string } }[];
      links: { self: string; previous: string | null; next: string | null };
    };
  };
  'PUT /identity/v3/OS-FEDERATION/mappings/:mapping_id': {
    params: { mapping_id: string };
    body: {
      mapping: {
        rules: {
          local: {
            user?: {
              id?: string;
              name?: string;
              email?: string;
              domain?: { id?: string; name?: string };
              type?: 'ephemeral' | 'local';
            };
            projects?: { name: string; roles: { name: string }[]; domain?: { id?: string; name?: string } }[];
            group?: { id: string } | { name: string; domain: { id?: string; name?: string } };
            groups?: string;
            group_ids?: string;
            domain?: { id?: string; name?: string };
          }[];
          remote: {
            type: string;
            any_one_of?: string[];
            not_any_of?: string[];
            blacklist?: string[];
            whitelist?: string[];
            regex?: boolean;
          }[];
        }[];
        schema_version?: '1.0' | '2.0';
      };
    };
    answer: {
      mapping: { id: string; rules: Record<string, unknown>[]; schema_version: string; links: { self: string } };
    };
  };
  'GET /identity/v3/OS-FEDERATION/mappings/:mapping_id': {
    params: { mapping_id: string };
    answer: {
      mapping: { id: string; rules: Record<string, unknown>[]; schema_version: string; links: { self: string } };
    };
  };
  'PATCH /identity/v3/OS-FEDERATION/mappings/:mapping_id': {
    params: { mapping_id: string };
    body: {
      mapping: {
        rules: {
          local: {
            user?: {
              id?: string;
              name?: string;
              email?: string;
              domain?: { id?: string; name?: string };
              type?: 'ephemeral' | 'local';
            };
            projects?: { name: string; roles: { name: string }[]; domain?: { id?: string; name?: string } }[];
            group?: { id: string } | { name: string; domain: { id?: string; name?: string } };
            groups?: string;
            group_ids?: string;
            domain?: { id?: string; name?: string };
          }[];
          remote: {
            type: string;
            any_one_of?: string[];
            not_any_of?: string[];
            blacklist?: string[];
            whitelist?: string[];
            regex?: boolean;
          }[];
        }[];
        schema_version?: '1.0' | '2.0';
      };
    };
    answer: {
      mapping: { id: string; rules: Record<string, unknown>[]; schema_version: string; links: { self: string } };
    };
  };
  'DELETE /identity/v3/OS-FEDERATION/mappings/:mapping_id': { params: { mapping_id: string } };
  'GET /identity/v3/OS-FEDERATION/service_providers': {
    query: { id?: string; enabled?: string; [property: string]: unknown };
    answer: {
      service_providers: {
        id: string;
        enabled: boolean;
        description: string | null;
        auth_url: string;
        sp_url: string;
        relay_state_prefix: string;
        links: { self: string };
      }[];
      links: { self: string; previous: string | null; next: string | null };
    };
  };
  'PUT /identity/v3/OS-FEDERATION/service_providers/:sp_id': {
    params: { sp_id: string };
    body: {
      service_provider: {
        enabled?: boolean;
        description?: string | null;
        relay_state_prefix?: string | null;
        auth_url: string;
        sp_url: string;
      };
    };
    answer: {
      service_provider: {
        id: string;
        enabled: boolean;
        description: string | null;
        auth_url: string;
        sp_url: string;
        relay_state_prefix: string;
        links: { self: string };
      };
    };
  };
  'GET /identity/v3/OS-FEDERATION/service_providers/:sp_id': {
    params: { sp_id: string };
    answer: {
      service_provider: {
        id: string;
        enabled: boolean;
        description: string | null;
        auth_url: string;
        sp_url: string;
        relay_state_prefix: string;
        links: { self: string };
      };
    };
  };
  'PATCH /identity/v3/OS-FEDERATION/service_providers/:sp_id': {
    params: { sp_id: string };
    body: {
      service_provider: {
        enabled?: boolean;
        description?: string | null;
        relay_state_prefix?: string | null;
        auth_url?: string;
        sp_url?: string;
      };
    };
    answer: {
      service_provider: {
        id: string;
        enabled: boolean;
        description: string | null;
        auth_url: string;
        sp_url: string;
        relay_state_prefix: string;
        links: { self: string };
      };
    };
  };
  'DELETE /identity/v3/OS-FEDERATION/service_providers/:sp_id': { params: { sp_id: string } };
  'GET /identity/v3/OS-FEDERATION/identity_providers/:idp_id/protocols/:protocol_id/auth': {
    params: { idp_id: string; protocol_id: string };
    answer: { token: Record<string, unknown> };
  };
  'POST /identity/v3/OS-FEDERATION/identity_providers/:idp_id/protocols/:protocol_id/auth': {
    params: { idp_id: string; protocol_id: string };
    answer: { token: Record<string, unknown> };
  };
}
