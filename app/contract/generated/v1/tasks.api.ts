// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

import type { TaskView } from './shared.api.ts';

export interface TasksApi {
  'GET /v1/tasks': {
    query: { state?: 'active' | 'finished'; subjectId?: string; limit?: number; marker?: string };
    answer: { tasks: TaskView[]; next: string | null };
  };
  'GET /v1/tasks/:id': {
    params: { id: string };
    answer: TaskView;
  };
  'POST /v1/tasks/:id/cancel': {
    params: { id: string };
    answer: TaskView;
  };
}
