import { linkTo } from '../identity.view.ts';
import type { IdentityProviderRecord, ProtocolRecord } from './federation.tables.ts';

/** Records as Keystone answers them; `origin` is the caller's. */
export function toIdentityProviderView(record: IdentityProviderRecord, origin: string) {
  const { self } = linkTo(origin, pathOf('identity_providers', record.id));
  return { ...record, links: { self, protocols: `${self}/protocols` } };
}

/** As it is stored. */
export function plainView(things: string) {
  return (record: { id: string }, origin: string) => ({ ...record, links: linkTo(origin, pathOf(things, record.id)) });
}

/** In a list Keystone also answers the provider and the attribute, alone only what can be changed. */
export function toProtocolView(record: ProtocolRecord, origin: string, isListed: boolean) {
  const provider = linkTo(origin, pathOf('identity_providers', record.idp_id)).self;
  const links = { self: `${provider}/protocols/${encodeURIComponent(record.id)}`, identity_provider: provider };
  if (isListed) return { ...record, links };
  const { id, mapping_id, remote_id_attribute } = record;
  return { id, mapping_id, ...(remote_id_attribute ? { remote_id_attribute } : {}), links };
}

function pathOf(things: string, id: string): string {
  return `OS-FEDERATION/${things}/${encodeURIComponent(id)}`;
}
