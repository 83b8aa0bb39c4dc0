// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

import type { Link } from './shared.api.ts';

export interface FlavorView {
  id: string;
  name: string;
  /** MiB */
  ram: number;
  /** GiB */
  disk: number;
  /** MiB */
  swap: number;
  /** GiB */
  'OS-FLV-EXT-DATA:ephemeral': number;
  'OS-FLV-DISABLED:disabled': boolean;
  vcpus: number;
  'os-flavor-access:is_public': boolean;
  rxtx_factor: number;
  links: Link[];
  description: string | null;
  extra_specs: Record<string, string>;
}

export interface FlavorsApi {
  'POST /compute/v2.1/flavors': {
    body: {
      flavor: {
        name: string;
        ram: number | string;
        vcpus: number | string;
        disk: number | string;
        id?: string | number | null;
        'OS-FLV-EXT-DATA:ephemeral'?: number | string;
        swap?: number | string;
        rxtx_factor?: number | string;
        'os-flavor-access:is_public'?: boolean | string;
        description?: string | null;
      };
    };
    answer: { flavor: FlavorView };
  };
  'GET /compute/v2.1/flavors/detail': {
    query: {
      is_public?: string | string[];
      minRam?: string | string[];
      minDisk?: string | string[];
      sort_key?: string | string[];
      sort_dir?: string | string[];
      limit?: string | string[];
      marker?: string | string[];
    };
    answer: { flavors: FlavorView[]; flavors_links?: Link[] };
  };
  'GET /compute/v2.1/flavors/:flavorId': {
    params: { flavorId: string };
    answer: { flavor: FlavorView };
  };
  'PUT /compute/v2.1/flavors/:flavorId': {
    params: { flavorId: string };
    body: { flavor: { description: string | null } };
    answer: { flavor: FlavorView };
  };
  'DELETE /compute/v2.1/flavors/:flavorId': { params: { flavorId: string } };
  'POST /compute/v2.1/flavors/:flavorId/os-extra_specs': {
    params: { flavorId: string };
    body: { extra_specs: Record<string, string | number> };
    answer: { extra_specs: Record<string, string> };
  };
  'DELETE /compute/v2.1/flavors/:flavorId/os-extra_specs/:key': { params: { flavorId: string; key: string } };
  'GET /compute/v2.1/flavors/:flavorId/os-flavor-access': {
    params: { flavorId: string };
    answer: { flavor_access: { flavor_id: string; tenant_id: string }[] };
  };
  'POST /compute/v2.1/flavors/:flavorId/action': {
    params: { flavorId: string };
    body: { addTenantAccess?: { tenant: string }; removeTenantAccess?: { tenant: string } };
    answer: { flavor_access: { flavor_id: string; tenant_id: string }[] };
  };
}
