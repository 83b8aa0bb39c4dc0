import { ldapServerSchema, ldapTestedSchema, ldapTestSchema } from '../../contract/ldap.ts';
import { type RouteDefinition, route } from '../../http/route.ts';
import type { IdentityService } from '../identity.service.ts';
import type { LdapState } from './ldap-domain.service.ts';

const EXAMPLES = 5;

/** `/v1/domains/{domain_id}/ldap`: how a domain's LDAP server does. Its configuration is Keystone's. */
export function ldapRoutes({
  ldap,
  domainConfigs,
}: Pick<IdentityService, 'ldap' | 'domainConfigs'>): RouteDefinition[] {
  return [
    route({
      method: 'GET',
      path: '/domains/:domain_id/ldap',
      rule: 'identity:get_domain_config',
      answer: ldapServerSchema,
      handler: async ({ params: { domain_id: domainId } }) => {
        const options = await domainConfigs.ldapOptions(domainId);
        const state = options && (await ldap.look(domainId));
        return { server: state ? { url: options.url, ...toStateView(state) } : null };
      },
    }),
    route({
      method: 'POST',
      path: '/domains/:domain_id/ldap/test',
      rule: 'identity:update_domain_config',
      summary: 'Whom one would find with other options; nothing is kept. 503 says what is wrong.',
      body: ldapTestSchema,
      answer: ldapTestedSchema,
      handler: async ({ params: { domain_id: domainId }, body }) => {
        const { users, groups } = await ldap.tryOut(await domainConfigs.ldapOptionsWith(domainId, body.ldap));
        return {
          users: users.length,
          groups: groups.length,
          userNames: users.slice(0, EXAMPLES).map(({ name }) => name),
          groupNames: groups.slice(0, EXAMPLES).map(({ name }) => name),
        };
      },
    }),
  ];
}

function toStateView({ at, people, failure }: LdapState) {
  return {
    checkedAt: new Date(at).toISOString(),
    people: people && { ...people, at: new Date(people.at).toISOString() },
    failure: failure && { message: failure.message, hint: failure.hint ?? null },
  };
}
