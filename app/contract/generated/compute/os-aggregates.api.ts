// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

import type { Link } from './shared.api.ts';

export interface AggregateView {
  id: number;
  name: string;
  availability_zone: string | null;
  created_at: string;
  updated_at: string | null;
  deleted: boolean;
  deleted_at: string | null;
  uuid: string;
  hosts: string[];
  metadata: Record<string, string>;
}

export interface CreatedAggregate {
  id: number;
  name: string;
  availability_zone: string | null;
  created_at: string;
  updated_at: string | null;
  deleted: boolean;
  deleted_at: string | null;
  uuid: string;
}

export interface OsAggregatesApi {
  'GET /compute/v2.1/os-aggregates': { answer: { aggregates: AggregateView[]; aggregates_links?: Link[] } };
  'POST /compute/v2.1/os-aggregates': {
    body: { aggregate: { name: string; availability_zone?: string | null } };
    answer: { aggregate: CreatedAggregate };
  };
  'GET /compute/v2.1/os-aggregates/:aggregateId': {
    params: { aggregateId: string };
    answer: { aggregate: AggregateView };
  };
  'PUT /compute/v2.1/os-aggregates/:aggregateId': {
    params: { aggregateId: string };
    body: { aggregate: { name?: string; availability_zone?: string | null } };
    answer: { aggregate: AggregateView };
  };
  'DELETE /compute/v2.1/os-aggregates/:aggregateId': { params: { aggregateId: string } };
  'POST /compute/v2.1/os-aggregates/:aggregateId/action': {
    params: { aggregateId: string };
    body: {
      add_host?: { host: string };
      remove_host?: { host: string };
      set_metadata?: { metadata: Record<string, string | null> };
    };
    answer: { aggregate: AggregateView };
  };
}
