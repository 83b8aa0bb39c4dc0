// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

export interface CredentialView {
  id: string;
  user_id: string;
  type: string;
  project_id: string | null;
  blob: string;
  [property: string]: unknown;
}

export interface CredentialsApi {
  'GET /identity/v3/credentials': {
    query: { user_id?: string; type?: string };
    answer: { credentials: CredentialView[]; links: { self: string; previous: string | null; next: string | null } };
  };
  'POST /identity/v3/credentials': {
    body: {
      credential: {
        id?: string;
        user_id: string;
        type: string;
        project_id?: string | null;
        blob: string;
        [property: string]: unknown;
      };
    };
    answer: { credential: CredentialView };
  };
  'DELETE /identity/v3/credentials/:credential_id': { params: { credential_id: string } };
}
