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
  'DELETE /identity/v3/auth/tokens': Record<never, never>;
  'POST /identity/v3/users/:user_id/password': {
    params: { user_id: string };
    body: { user: { original_password: string; password: string } };
  };
  'GET /identity/v3/auth/projects': {
    answer: {
      projects: ProjectView[];
      links: { self: string; previous: null; next: string | null };
      truncated?: true;
    };
  };
  'GET /identity/v3/auth/domains': {
    answer: { domains: DomainView[]; links: { self: string; previous: null; next: string | null }; truncated?: true };
  };
  'GET /identity/v3/auth/system': { answer: { system: { all: true }[]; links: { self: string } } };
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
      links: { self: string; previous: string | null; next: string | null };
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
  'DELETE /identity/v3/users/:user_id/application_credentials/:application_credential_id': {
    params: { user_id: string; application_credential_id: string };
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
      links: { self: string; previous: string | null; next: string | null };
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
      links: { self: string; previous: string | null; next: string | null };
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
  'DELETE /identity/v3/users/:user_id/credentials/OS-EC2/:credential_id': {
    params: { user_id: string; credential_id: string };
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
  'GET /identity/v3/role_inferences': {
    answer: {
      role_inferences: {
        prior_role: { id: string; name: string; links: { self: string } };
        implies: { id: string; name: string; links: { self: string } }[];
      }[];
    };
  };
}
