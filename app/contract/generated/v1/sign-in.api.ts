// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

export interface SignInApi {
  'POST /v1/sign-in': {
    body: { code: string };
    answer: {
      token: string;
      expiresAt: string;
      user: { id: string; name: string };
      project: { id: string; name: string } | null;
      roles: string[];
    };
  };
  'GET /v1/sign-in/providers': { answer: { providers: { id: string; name: string; kind: 'oidc' }[] } };
  'POST /v1/sign-in/oidc': {
    body: { provider: string; redirect?: 'wait' | string };
    answer: { url: string; state: string };
  };
  'POST /v1/sign-in/oidc/wait': {
    body: { state: string };
    answer: { code: string | null };
  };
}
