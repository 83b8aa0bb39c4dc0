// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

import type { Link } from './shared.api.ts';

export interface ServerGroupView {
  id: string;
  name: string;
  members: string[];
  project_id: string;
  user_id: string;
  policy: string;
  rules: { max_server_per_host?: number };
}

export interface OsServerGroupsApi {
  'GET /compute/v2.1/os-server-groups': {
    query: { all_projects?: string | string[]; limit?: string | string[]; offset?: string | string[] };
    answer: { server_groups: ServerGroupView[]; server_groups_links?: Link[] };
  };
  'POST /compute/v2.1/os-server-groups': {
    body: {
      server_group: {
        name: string;
        policy: 'affinity' | 'anti-affinity' | 'soft-affinity' | 'soft-anti-affinity';
        rules?: { max_server_per_host?: number | string };
      };
    };
    answer: { server_group: ServerGroupView };
  };
  'GET /compute/v2.1/os-server-groups/:groupId': {
    params: { groupId: string };
    answer: { server_group: ServerGroupView };
  };
  'DELETE /compute/v2.1/os-server-groups/:groupId': { params: { groupId: string } };
}
