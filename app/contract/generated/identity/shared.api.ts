// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

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

export interface ProjectView {
  id: string;
  name: string;
  description: string | null;
  enabled: boolean;
  tags: string[];
  options: { immutable?: boolean };
  domain_id: string | null;
  parent_id: string | null;
  is_domain: boolean;
  links: { self: string };
  [property: string]: unknown;
}
