// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

export interface V1Api {
  'GET /v1/audit': {
    query: {
      userId?: string;
      projectId?: string;
      resourceId?: string;
      requestId?: string;
      action?: string;
      address?: string;
      outcome?: 'success' | 'failure';
      since?: string;
      until?: string;
      limit?: number;
      marker?: number;
    };
    answer: {
      records: {
        id: number;
        createdAt: string;
        requestId: string;
        service: string;
        action: string;
        method: string;
        path: string;
        user: { id: string | null; name: string | null } | null;
        projectId: string | null;
        domainId: string | null;
        address: string;
        userAgent: string | null;
        status: number;
        outcome: 'success' | 'failure';
        reason: string | null;
        resource: { id: string | null; name: string | null } | null;
      }[];
      next: number | null;
    };
  };
  'GET /v1/audit/export': {
    query: {
      userId?: string;
      projectId?: string;
      resourceId?: string;
      requestId?: string;
      action?: string;
      address?: string;
      outcome?: 'success' | 'failure';
      since?: string;
      until?: string;
      format?: 'csv' | 'json';
    };
  };
  'GET /v1/status': Record<never, never>;
  'GET /v1/rights': Record<never, never>;
  'POST /v1/sign-in': { body: { code: string } };
  'POST /v1/sign-in-codes': Record<never, never>;
  'GET /v1/tasks': {
    query: { state?: 'active' | 'finished'; subjectId?: string; limit?: number; marker?: string };
  };
  'GET /v1/tasks/:id': { params: { id: string } };
  'POST /v1/tasks/:id/cancel': { params: { id: string } };
  'GET /v1/event-log': { query: { resourceType?: string; resourceId?: string; limit?: number; before?: number } };
  'GET /v1/hosts': Record<never, never>;
  'GET /v1/hosts/:id': { params: { id: string } };
  'POST /v1/hosts/:id/measure': { params: { id: string } };
  'GET /v1/image-catalog': Record<never, never>;
  'POST /v1/image-catalog/:id/import': { params: { id: string } };
  'GET /v1/servers/:id/access': { params: { id: string } };
  'GET /v1/servers/:id/screenshot': { params: { id: string } };
  'POST /v1/servers/:id/power-off': {
    params: { id: string };
    body: { graceful?: boolean; timeoutSeconds?: number };
  };
  'GET /v1/limits': Record<never, never>;
}
