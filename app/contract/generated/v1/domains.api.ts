// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

export interface LdapServer {
  url: string;
  checkedAt: string;
  people: { at: string; users: number; groups: number; passedOver: string[] } | null;
  failure: { message: string; hint: string | null } | null;
}

export interface DomainsApi {
  'GET /v1/domains/:domain_id/ldap': {
    params: { domain_id: string };
    answer: { server: LdapServer | null };
  };
  'POST /v1/domains/:domain_id/ldap/test': {
    params: { domain_id: string };
    body: { ldap: Record<string, unknown> };
    answer: { users: number; groups: number; userNames: string[]; groupNames: string[] };
  };
}
