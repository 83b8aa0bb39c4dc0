// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

export interface IdentityApi {
  'GET /identity': Record<never, never>;
  'GET /identity/v3': Record<never, never>;
  'POST /identity/v3/auth/tokens': {
    body: {
      auth: {
        identity: {
          methods: string[];
          password?: { user: { id?: string; name?: string; domain?: { id?: string; name?: string }; password?: string } };
          token?: { id: string };
        };
        scope?: 'unscoped' | {
          project?: { id?: string; name?: string; domain?: { id?: string; name?: string } };
          domain?: { id?: string; name?: string };
          system?: { all?: boolean };
          unscoped?: unknown;
        };
      };
    };
  };
  'GET /identity/v3/auth/tokens': Record<never, never>;
  'HEAD /identity/v3/auth/tokens': Record<never, never>;
  'DELETE /identity/v3/auth/tokens': Record<never, never>;
  'GET /identity/v3/auth/catalog': Record<never, never>;
  'GET /identity/v3/auth/projects': Record<never, never>;
  'GET /identity/v3/auth/domains': Record<never, never>;
  'GET /identity/v3/auth/system': Record<never, never>;
  'POST /identity/v3/users/:user_id/password': {
    params: { user_id: string };
    body: { user: { original_password: string; password: string } };
  };
  'GET /identity/v3/users': { query: { name?: string; domain_id?: string; parent_id?: string; enabled?: string } };
  'GET /identity/v3/users/:id': { params: { id: string } };
  'GET /identity/v3/projects': {
    query: { name?: string; domain_id?: string; parent_id?: string; enabled?: string };
  };
  'GET /identity/v3/projects/:id': { params: { id: string } };
  'GET /identity/v3/domains': {
    query: { name?: string; domain_id?: string; parent_id?: string; enabled?: string };
  };
  'GET /identity/v3/domains/:id': { params: { id: string } };
  'GET /identity/v3/users/:userId/projects': {
    params: { userId: string };
    query: { name?: string; domain_id?: string; parent_id?: string; enabled?: string };
  };
  'GET /identity/v3/services': { query: Record<string, string> };
  'GET /identity/v3/services/:id': { params: { id: string } };
  'GET /identity/v3/endpoints': { query: Record<string, string> };
  'GET /identity/v3/endpoints/:id': { params: { id: string } };
  'GET /identity/v3/regions': { query: Record<string, string> };
  'GET /identity/v3/regions/:id': { params: { id: string } };
  'GET /identity/v3/roles': { query: { name?: string; domain_id?: string } };
  'GET /identity/v3/roles/:role_id': { params: { role_id: string } };
}
