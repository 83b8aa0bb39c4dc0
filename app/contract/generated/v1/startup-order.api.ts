// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

import type { StartAfterView } from './shared.api.ts';

export interface StartingMachine {
  id: string;
  name: string;
  start: 'as-before' | 'always' | 'never';
  order: number | null;
  delaySeconds: number;
  after: StartAfterView[];
}

export interface StartupOrder {
  default: 'as-before' | 'always' | 'never';
  atOnce: number;
  settleSeconds: number;
  waves: StartingMachine[][];
}

export interface StartupOrderApi {
  'GET /v1/startup-order': {
    query: { group?: string };
    answer: StartupOrder;
  };
}
