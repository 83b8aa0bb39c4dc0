import { useQuery } from '@tanstack/react-query';
import { getDomainConfig, listDomains, listOwnDomains } from '../../../api/domain.api.ts';
import { getLdapServer } from '../../../api/ldap.api.ts';
import { keys } from '../../../api/query-keys.ts';
import { mayDo } from '../../../session/rights.ts';
import { useCurrentUser } from '../../../session/use-current-user.ts';

/** Domains the person may work in: all, or their own. */
export function useDomains() {
  const mayList = mayDo('identity:list_domains', useCurrentUser()).allowed;
  return useQuery({
    queryKey: mayList ? keys.domains.list : keys.domains.own,
    queryFn: ({ signal }) => (mayList ? listDomains(signal) : listOwnDomains(signal)),
  });
}

export function useDomainConfig(id: string) {
  return useQuery({
    queryKey: keys.domains.config(id),
    queryFn: ({ signal }) => getDomainConfig(id, signal),
  });
}

export function useLdapServer(id: string) {
  return useQuery({
    queryKey: keys.domains.ldap(id),
    queryFn: ({ signal }) => getLdapServer(id, signal),
  });
}
