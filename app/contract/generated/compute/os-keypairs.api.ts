// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

import type { Link } from './shared.api.ts';

export interface KeypairView {
  name: string;
  public_key: string;
  fingerprint: string;
  type: 'ssh' | 'x509';
  user_id?: string;
  /** Only in the answer to the request that made it. */
  private_key?: string;
  created_at?: string;
  deleted?: boolean;
  deleted_at?: string | null;
  updated_at?: string | null;
  id?: number;
}

export interface OsKeypairsApi {
  'GET /compute/v2.1/os-keypairs': {
    query: { user_id?: string | string[]; limit?: string | string[]; marker?: string | string[] };
    answer: { keypairs: { keypair: KeypairView }[]; keypairs_links?: Link[] };
  };
  'POST /compute/v2.1/os-keypairs': {
    body: { keypair: { name: string; public_key?: string; type?: 'ssh' | 'x509'; user_id?: string } };
    answer: { keypair: KeypairView };
  };
  'GET /compute/v2.1/os-keypairs/:name': {
    params: { name: string };
    query: { user_id?: string | string[] };
    answer: { keypair: KeypairView };
  };
  'DELETE /compute/v2.1/os-keypairs/:name': {
    params: { name: string };
    query: { user_id?: string | string[] };
  };
}
