// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

export interface LimitsApi {
  'GET /v1/limits': { answer: { limits: Record<string, { limit: number; used: number }> } };
}
