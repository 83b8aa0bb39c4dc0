// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

import type { DomainView, ProjectView } from './shared.api.ts';

export interface CatalogService {
  id: string;
  type: string;
  name: string;
  endpoints: { id: string; interface: 'admin' | 'internal' | 'public'; region: string; region_id: string; url: string }[];
}

export interface TokenView {
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
}

export interface AuthApi {
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
    answer: { token: TokenView };
  };
  'GET /identity/v3/auth/tokens': { answer: { token: TokenView } };
  'DELETE /identity/v3/auth/tokens': Record<never, never>;
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
}
