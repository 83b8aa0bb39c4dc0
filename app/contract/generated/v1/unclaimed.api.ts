// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

export interface Unclaimed {
  id: string;
  /** process: runs though its machine's folder was deleted. image-file: in the controller's folder images/unclaimed. */
  kind: 'machine' | 'machine-folder' | 'process' | 'cached-file' | 'image-file';
  /** What is typed to remove it. */
  name: string;
  /** Null: the controller. */
  host: { id: string; name: string } | null;
  bytes: number | null;
  /** When it was first seen. */
  since: string;
  canAdopt: boolean;
  /** An administrator removed it; it goes when its host is there. */
  isGoing: boolean;
  machine: {
    id: string;
    powerState: 'NOSTATE' | 'RUNNING' | 'PAUSED' | 'SHUTDOWN' | 'CRASHED' | 'SUSPENDED';
    vcpus: number;
    memoryMib: number;
    diskGib: number;
    addresses: string[];
  } | null;
}

export interface UnclaimedApi {
  'GET /v1/unclaimed': {
    query: { limit?: number; marker?: string };
    answer: {
      unclaimed: Unclaimed[];
      next: string | null;
      /** Of all pages, without those that are being removed. */
      count: number;
      /** Where the database is not as new as its folder. */
      staleDatabase: { kind: 'older' | 'other'; since: string } | null;
    };
  };
  'POST /v1/unclaimed/:id/adopt': {
    params: { id: string };
    body: { projectId: string };
    answer: {
      resource: { type: 'server' | 'image'; id: string; name: string };
      /** Addresses that were taken by others meanwhile; the new ones hold from its next start. */
      addresses: { mac: string; before: string; now: string }[];
    };
  };
  'DELETE /v1/unclaimed/:id': {
    params: { id: string };
    query: {
      /** Its name again, so that nothing else is meant. */
      name: string;
    };
  };
}
