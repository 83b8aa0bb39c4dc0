// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

export interface NetworkApi {
  'GET /network/': Record<never, never>;
  'GET /network/v2.0': Record<never, never>;
  'GET /network/v2.0/extensions': Record<never, never>;
  'GET /network/v2.0/extensions/:alias': { params: { alias: string } };
  'GET /network/v2.0/quotas/:projectId': { params: { projectId: string } };
  'GET /network/v2.0/networks': { query: Record<string, string | string[]> };
  'GET /network/v2.0/networks/:id': {
    params: { id: string };
    query: Record<string, string | string[]>;
  };
  'GET /network/v2.0/subnets': { query: Record<string, string | string[]> };
  'GET /network/v2.0/subnets/:id': {
    params: { id: string };
    query: Record<string, string | string[]>;
  };
  'GET /network/v2.0/ports': { query: Record<string, string | string[]> };
  'POST /network/v2.0/ports': {
    body: {
      port: {
        name?: string;
        description?: string;
        admin_state_up?: boolean;
        device_id?: string;
        device_owner?: string;
        network_id: string;
        mac_address?: string;
        fixed_ips?: { subnet_id?: string; ip_address?: string }[];
        project_id?: string;
        tenant_id?: string;
      };
    };
  };
  'GET /network/v2.0/ports/:id': {
    params: { id: string };
    query: Record<string, string | string[]>;
  };
  'PUT /network/v2.0/ports/:id': {
    params: { id: string };
    body: {
      port: {
        name?: string;
        description?: string;
        admin_state_up?: boolean;
        device_id?: string;
        device_owner?: string;
      };
    };
  };
  'DELETE /network/v2.0/ports/:id': { params: { id: string } };
}
