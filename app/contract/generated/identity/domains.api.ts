// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

import type { DomainView } from './shared.api.ts';

export interface DomainsApi {
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
}
