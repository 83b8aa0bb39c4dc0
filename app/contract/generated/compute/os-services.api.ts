// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

export interface ComputeServiceView {
  id: string;
  binary: string;
  host: string;
  zone: string;
  status: 'enabled' | 'disabled';
  state: 'up' | 'down';
  updated_at: string | null;
  disabled_reason: string | null;
  forced_down: boolean;
}

export interface OsServicesApi {
  'GET /compute/v2.1/os-services': {
    query: { host?: string | string[]; binary?: string | string[] };
    answer: { services: ComputeServiceView[] };
  };
  'PUT /compute/v2.1/os-services/:serviceId': {
    params: { serviceId: string };
    body: { status?: 'enabled' | 'disabled'; disabled_reason?: string; forced_down?: boolean | string };
    answer: { service: ComputeServiceView };
  };
}
