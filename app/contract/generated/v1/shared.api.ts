// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

export interface StartAfterView {
  server: string;
  healthy: { kind: 'running' } | { kind: 'guest-agent' } | { kind: 'tcp'; port: number } | { kind: 'http'; port: number; path: string; status: number | null };
  timeoutSeconds: number;
  onTimeout: 'start' | 'stay';
  name: string;
}

export interface TaskView {
  id: string;
  kind: string;
  subject: { type: string; id: string; name: string | null };
  projectId: string | null;
  userId: string | null;
  requestId: string;
  parentId: string | null;
  state: 'pending' | 'running' | 'undoing' | 'succeeded' | 'failed' | 'cancelled';
  steps: {
    name: string;
    state: 'pending' | 'running' | 'done' | 'failed' | 'undone' | 'skipped';
    startedAt: string | null;
    finishedAt: string | null;
  }[];
  progress: {
    done: number;
    total: number | null;
    unit: 'bytes' | 'percent' | 'items';
    rate: number | null;
    secondsLeft: number | null;
    waitsFor?: WaitsFor | null;
  } | null;
  cancellable: boolean;
  abortRequested: boolean;
  error: {
    kind: 'user' | 'operational' | 'unexpected';
    code: string;
    origin: 'user' | 'controller' | 'agent' | 'hypervisor';
    message: string;
    hint?: string;
    field?: string;
  } | null;
  createdAt: string;
  updatedAt: string;
  finishedAt: string | null;
}

export interface WaitsFor {
  name: string;
  healthy: { kind: 'running' } | { kind: 'guest-agent' } | { kind: 'tcp'; port: number } | { kind: 'http'; port: number; path: string; status: number | null };
}
