// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

export interface ServersApi {
  'GET /v1/servers/:id/access': {
    params: { id: string };
    answer: { forwards: { guestPort: number; hostAddress: string; hostPort: number }[]; defaultUser: string | null };
  };
  'GET /v1/servers/:id/screenshot': {
    params: { id: string };
    answer: Blob;
  };
}
