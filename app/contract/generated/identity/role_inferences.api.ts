// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

export interface RoleInferencesApi {
  'GET /identity/v3/role_inferences': {
    answer: {
      role_inferences: {
        prior_role: { id: string; name: string; links: { self: string } };
        implies: { id: string; name: string; links: { self: string } }[];
      }[];
    };
  };
}
