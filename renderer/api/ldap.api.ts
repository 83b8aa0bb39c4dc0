import type { LdapServer, LdapTested } from '../../app/contract/ldap.ts';
import { call } from './request.ts';

/** The LDAP server a domain's people live in, and how it does; null where they live in the cloud. */
export async function getLdapServer(domainId: string, signal?: AbortSignal): Promise<LdapServer> {
  return (await call('GET /v1/domains/:domain_id/ldap', { params: { domain_id: domainId }, signal })).server;
}

/** Whom one would find with these options, without keeping them. */
export function testLdap(domainId: string, ldap: Record<string, unknown>): Promise<LdapTested> {
  return call('POST /v1/domains/:domain_id/ldap/test', { params: { domain_id: domainId }, body: { ldap } });
}
