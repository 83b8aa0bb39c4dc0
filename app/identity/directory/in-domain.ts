import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import { alreadyStored } from '../identity.errors.ts';
import type { Sent } from '../keystone.resource.ts';

/** What users and groups have in common. */
type Thing = 'user' | 'group';
interface InDomain {
  name: string;
  domain_id: string;
}

/** No two of a domain have the same name. */
export function uniqueInDomain(thing: Thing) {
  const taken = ({ name, domain_id }: InDomain) =>
    alreadyStored(thing, `Duplicate entry found with name ${name} at domain ID ${domain_id}`);
  return { attributes: ['domain_id', 'name'] as const, taken };
}

/** Names begin and end with something, and the domain is settled when it is made. */
export function refineInDomain(thing: Thing, sent: Sent, stored: InDomain | undefined): Sent {
  if (stored && sent.domain_id !== undefined && sent.domain_id !== stored.domain_id) {
    throw new UserError('bad_request', 'Cannot change Domain ID', { field: `${thing}.domain_id` });
  }
  return typeof sent.name === 'string' ? { ...sent, name: sent.name.trim() } : sent;
}

/** Whoever has a token for a domain sees only what is in it. */
export function ownDomain({ domainId }: Context): { is?: { domain_id: string } } {
  return domainId === null ? {} : { is: { domain_id: domainId } };
}
