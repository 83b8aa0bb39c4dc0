// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

import type { ProjectView } from './shared.api.ts';

export interface ProjectsApi {
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
}
