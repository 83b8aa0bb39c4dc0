// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

export interface AuditRecord {
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
  count: number;
}

export interface AuditApi {
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
    answer: { records: AuditRecord[]; next: number | null };
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
    answer: unknown;
  };
}
