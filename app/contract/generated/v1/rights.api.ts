// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

export interface RightsApi {
  'GET /v1/rights': { answer: { rights: Record<string, { allowed: boolean; needs: string | null }> } };
}
