// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

export interface ServerStatistics {
  everySeconds: number;
  vcpus: number;
  memoryBytes: number;
  /** Of the last hour, oldest first. */
  points: StatisticsPoint[];
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
  'GET /v1/servers/:id/screenshot': {
    params: { id: string };
    answer: Blob;
  };
}
