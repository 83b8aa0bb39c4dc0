// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

import type { StartAfterView } from './shared.api.ts';

export interface GuestReport {
  answers: boolean;
  /** Why it does not answer; null where it does. */
  silence: 'off' | 'no-port' | 'not-installed' | 'silent' | 'nonsense' | 'no-host' | null;
  agentVersion: string | null;
  hostName: string | null;
  os: { name: string | null; version: string | null; kernel: string | null } | null;
  nics: { name: string; mac: string | null; addresses: string[] }[];
}

export interface ServerStatistics {
  everySeconds: number;
  vcpus: number;
  memoryBytes: number;
  /** Of the last hour, oldest first. */
  points: StatisticsPoint[];
}

export interface StartupView {
  start: 'as-before' | 'always' | 'never' | null;
  order: number | null;
  delaySeconds: number;
  after: StartAfterView[];
  default: 'as-before' | 'always' | 'never';
}

export interface StatisticsPoint {
  /** Milliseconds since 1970. */
  at: number;
  /** Processors at work, of those it has. */
  cpu: number | null;
  /** In use in the guest, where it says so; else what it takes of its host. */
  memoryBytes: number | null;
  isGuestMemory: boolean;
  /** Bytes a second, as those below. */
  diskRead: number | null;
  diskWritten: number | null;
  received: number | null;
  sent: number | null;
}

export interface ServersApi {
  'GET /v1/servers/:id/access': {
    params: { id: string };
    answer: { forwards: { guestPort: number; hostAddress: string; hostPort: number }[]; defaultUser: string | null };
  };
  'GET /v1/servers/:id/statistics': {
    params: { id: string };
    answer: ServerStatistics;
  };
  'GET /v1/servers/:id/guest': {
    params: { id: string };
    answer: GuestReport;
  };
  'GET /v1/servers/:id/screenshot': {
    params: { id: string };
    answer: Blob;
  };
  'GET /v1/servers/:id/startup': {
    params: { id: string };
    answer: StartupView;
  };
  'PUT /v1/servers/:id/startup': {
    params: { id: string };
    body: {
      start?: 'as-before' | 'always' | 'never' | null;
      order?: number | null;
      delaySeconds?: number;
      after?: {
        server: string;
        healthy?: { kind: 'running' } | { kind: 'tcp'; port: number } | { kind: 'http'; port: number; path?: string; status?: number | null };
        timeoutSeconds?: number;
        onTimeout?: 'start' | 'stay';
      }[];
    };
    answer: StartupView;
  };
}
