import type { CatalogService } from './generated/identity/auth.api.ts';

/**
 * What the dashboard reads of the OpenStack APIs, compute at {@link DASHBOARD_COMPUTE_VERSION}. The types are made from
 * the answers that routes declare; see scripts/api-client.ts.
 */
export const DASHBOARD_COMPUTE_VERSION = '2.90';

export type { FlavorView } from './generated/compute/flavors.api.ts';
export type { KeypairView } from './generated/compute/os-keypairs.api.ts';
export type { InstanceActionView, ServerStatus, ServerView } from './generated/compute/servers.api.ts';
export type { CatalogService } from './generated/identity/auth.api.ts';
export type { ImageStatus, ImageView } from './generated/image/images.api.ts';
export type { NetworkView } from './generated/network/networks.api.ts';
export type { PortView } from './generated/network/ports.api.ts';

export interface TokenBody {
  token: {
    methods: string[];
    user: { id: string; name: string; domain: { id: string; name: string }; password_expires_at?: string | null };
    project?: { id: string; name: string; domain: { id: string; name: string } };
    domain?: { id: string; name: string };
    system?: { all: true };
    roles?: { id: string; name: string }[];
    catalog?: CatalogService[];
    expires_at: string;
    issued_at: string;
    audit_ids: string[];
  };
}
