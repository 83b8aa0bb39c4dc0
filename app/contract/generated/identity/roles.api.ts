// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

export interface RoleView {
  id: string;
  name: string;
  domain_id: string | null;
  description: string | null;
  options: { immutable?: boolean };
  links: { self: string };
  [property: string]: unknown;
}

export interface RolesApi {
  'GET /identity/v3/roles/:role_id': {
    params: { role_id: string };
    answer: { role: RoleView };
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
    answer: { role: RoleView };
  };
}
