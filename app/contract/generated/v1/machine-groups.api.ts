// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

import type { TaskView } from './shared.api.ts';

export interface MachineGroupView { name: string; machines: number; running: number; stopped: number }

export interface MachineGroupsApi {
  'GET /v1/machine-groups': { answer: { groups: MachineGroupView[] } };
  'POST /v1/machine-groups/:name/start': {
    params: { name: string };
    answer: TaskView;
  };
  'POST /v1/machine-groups/:name/stop': {
    params: { name: string };
    answer: TaskView;
  };
}
