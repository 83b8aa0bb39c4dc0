import type { DelegatedAccess } from '../http/route.ts';

/**
 * Which tokens that stand for a user by delegation reach a route of identity; each route names one of these or is out
 * of their reach. A route whose rule looks at who the user is, and not at the token's roles, belongs to the user alone:
 * else the least delegation reaches all that the user owns.
 */
const THEMSELVES = ['totp', 'federation'] as const;

/** The roles of the token decide, or it is told what everybody with a token is told. */
export const ANY_TOKEN: DelegatedAccess = {
  by: [...THEMSELVES, 'application_credential', 'unrestricted_application_credential', 'trust', 'oauth1', 'ec2'],
  source: 'keystone/common/policies alone',
};
/** What one proves who one is with, and what one handed to others. */
export const THE_USER: DelegatedAccess = {
  by: THEMSELVES,
  source: 'keystone/api/users.py _block_delegated_token; of credentials stricter than its _is_delegated_token',
};
export const SEES_APPLICATION_CREDENTIALS: DelegatedAccess = {
  by: [...THEMSELVES, 'application_credential', 'unrestricted_application_credential'],
  source: 'keystone/api/users.py _block_delegated_token_app_creds',
};
export const MANAGES_APPLICATION_CREDENTIALS: DelegatedAccess = {
  by: [...THEMSELVES, 'unrestricted_application_credential'],
  source: 'keystone/api/users.py _check_unrestricted_application_credential',
};
export const SEES_TRUSTS: DelegatedAccess = {
  by: [...THEMSELVES, 'trust', 'oauth1', 'ec2'],
  source: 'keystone/api/trusts.py _check_application_credential',
};
/** A trust may be handed on where it says so. */
export const MANAGES_TRUSTS: DelegatedAccess = {
  by: [...THEMSELVES, 'trust'],
  source: 'keystone/api/trusts.py _find_redelegated_trust',
};
