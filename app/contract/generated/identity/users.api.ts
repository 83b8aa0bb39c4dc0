// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

export interface ApplicationCredentialView {
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
}

export interface Ec2CredentialView {
  access: string;
  secret: string;
  user_id: string;
  tenant_id: string | null;
  trust_id: string | null;
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

export interface UsersApi {
  'POST /identity/v3/users/:user_id/password': {
    params: { user_id: string };
    body: { user: { original_password: string; password: string } };
  };
  'GET /identity/v3/users/:user_id/application_credentials': {
    params: { user_id: string };
    query: { name?: string };
    answer: {
      application_credentials: ApplicationCredentialView[];
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
    answer: { application_credential: ApplicationCredentialView };
  };
  'DELETE /identity/v3/users/:user_id/application_credentials/:application_credential_id': {
    params: { user_id: string; application_credential_id: string };
  };
  'GET /identity/v3/users/:user_id/credentials/OS-EC2': {
    params: { user_id: string };
    answer: {
      credentials: Ec2CredentialView[];
      links: { self: string; previous: string | null; next: string | null };
    };
  };
  'POST /identity/v3/users/:user_id/credentials/OS-EC2': {
    params: { user_id: string };
    body: { tenant_id: string };
    answer: { credential: Ec2CredentialView };
  };
  'DELETE /identity/v3/users/:user_id/credentials/OS-EC2/:credential_id': {
    params: { user_id: string; credential_id: string };
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
}
