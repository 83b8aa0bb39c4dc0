// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

export interface GroupView {
  id: string;
  name: string;
  domain_id: string;
  description: string | null;
  links: { self: string };
  [property: string]: unknown;
}

export interface GroupsApi {
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
}
