// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

export interface EventView {
  id: number;
  type: string;
  resource: { type: string; id: string };
  projectId: string | null;
  userId: string | null;
  requestId: string | null;
  payload: Record<string, unknown>;
  createdAt: string;
}

export interface EventLogApi {
  'GET /v1/event-log': {
    query: { resourceType?: string; resourceId?: string; limit?: number; before?: number };
    answer: { events: EventView[]; next: number | null };
  };
}
