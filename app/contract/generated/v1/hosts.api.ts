// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

export interface HostView {
  id: string;
  name: string;
  state: 'up' | 'down';
  isAway: boolean;
  projectHostId: string;
  since: string;
  lastSeenAt: string | null;
  zone: string;
  disabledReason: string | null;
  isForcedDown: boolean;
  facts: {
    hostname: string;
    hypervisorType: string;
    hypervisorVersion: string | null;
    accelerator: string | null;
    cpuArch: string;
    cpuModel: string;
    vcpus: number;
    memoryMib: number;
    diskGib: number;
    diskFreeGib: number;
    memoryFreeMib: number;
    capabilities: string[];
    traits?: string[];
    preflight: {
      id: string;
      state: 'ok' | 'warning' | 'failed';
      fact: string;
      hint: string | null;
      fixCommand: string | null;
    }[];
    agentVersion: string;
    bootedAt?: string;
    bootId?: string;
  } | null;
  allocated: { vcpus: number; memoryMib: number; diskGib: number; machines: number };
  ratios: { vcpus: number; memory: number; disk: number };
}

export interface HostsApi {
  'GET /v1/hosts': { answer: { hosts: HostView[] } };
  'GET /v1/hosts/:id': {
    params: { id: string };
    answer: HostView;
  };
  'POST /v1/hosts/:id/measure': {
    params: { id: string };
    answer: HostView;
  };
}
