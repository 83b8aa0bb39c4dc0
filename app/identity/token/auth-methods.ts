import { UserError } from '../../contract/errors.ts';
import type { ApplicationCredentialRepository } from '../credential/application-credential.repository.ts';
import type { TotpService } from '../credential/totp.service.ts';
import type { UserPasswordService } from '../directory/user-password.service.ts';
import { expecting, notAuthenticated, notAuthorized, passwordExpired } from '../identity.errors.ts';
import type { IdentityParts } from '../identity.parts.ts';
import { isOver } from '../identity-time.ts';
import type { LdapDomainService } from '../ldap/ldap-domain.service.ts';
import type { OAuthService } from '../oauth/oauth.service.ts';
import type { AuthMethod, UserFinder } from './auth-method.ts';
import type { SignInGuard } from './sign-in-guard.ts';

interface Parts extends Pick<IdentityParts, 'tokens' | 'now'> {
  people: UserFinder;
  ldap: LdapDomainService;
  passwords: UserPasswordService;
  applicationCredentials: ApplicationCredentialRepository;
  totp: TotpService;
  oauth: OAuthService;
  guard: SignInGuard;
}

/** Keystone's own methods, by name. `external` is for servers that sign in before the request and is refused. */
export function builtInMethods(parts: Parts): Map<string, AuthMethod> {
  return new Map([
    ['password', byPassword(parts)],
    ['token', byToken(parts)],
    ['totp', byTotp(parts)],
    ['application_credential', byApplicationCredential(parts)],
    ['oauth1', byOAuth(parts)],
  ]);
}

function byPassword({ people, passwords }: Parts): AuthMethod {
  return async ({ identity, address }) => {
    if (!identity.password) throw expecting('password', 'identity');
    const { password = '', ...reference } = identity.password.user;
    const named = await people.find(reference);
    const { user } = named;
    const outcome = await passwords.check({ ...named, address, password });
    if (user && outcome === 'expired') throw passwordExpired(user.id);
    if (!user || outcome !== 'ok') throw notAuthenticated();
    return { userId: user.id };
  };
}

/** A token gives another one, never for more: what it was delegated for, and until when, stays. */
function byToken({ tokens }: Parts): AuthMethod {
  return async ({ identity, scope }) => {
    if (!identity.token) throw expecting('token', 'identity');
    const parent = await tokens.validate(identity.token.id);
    // Keystone answers 404 here; the token itself is not repeated.
    if (!parent) throw new UserError('not_found', 'Failed to validate token');
    if (parent.accessToken) {
      throw notAuthorized('Using OAuth-scoped token to create another token. Create a new OAuth-scoped token instead');
    }
    if (parent.trust) {
      throw notAuthorized('Using trust-scoped token to create another token. Create a new trust-scoped token instead');
    }
    // Keystone would give one for any project of the user; the keys are for theirs.
    if (parent.record.credentialId !== null) {
      throw notAuthorized('Using a token of EC2 keys to create another token is not allowed');
    }
    const wantsLess = typeof scope === 'object' && (scope.project !== undefined || scope.domain !== undefined);
    if (parent.record.scope.type === 'system' && wantsLess) {
      throw notAuthorized(
        'Using a system-scoped token to create a project-scoped or domain-scoped token is not allowed',
      );
    }
    const { applicationCredential } = parent;
    if (applicationCredential && scope !== undefined) {
      throw notAuthorized('Using an application credential token to create a scoped token is not allowed');
    }
    return {
      userId: parent.user.id,
      earlierMethods: parent.record.methods,
      parent,
      ...(applicationCredential && { applicationCredential }),
    };
  };
}

function byTotp({ people, totp }: Parts): AuthMethod {
  return async ({ identity, address }) => {
    if (!identity.totp) throw expecting('totp', 'identity');
    const { passcode, ...reference } = identity.totp.user;
    const { user, account } = await people.find(reference);
    if (!(await totp.check({ user, account, passcode, address })) || !user) throw notAuthenticated();
    return { userId: user.id };
  };
}

function byApplicationCredential({ people, ldap, applicationCredentials, guard, now }: Parts): AuthMethod {
  return async ({ identity, scope, address }) => {
    const given = identity.application_credential;
    if (!given) throw expecting('application_credential', 'identity');
    if (scope !== undefined) {
      throw new UserError(
        'unauthorized',
        'Error authenticating with application credential: Application credentials cannot request a scope.',
      );
    }
    let by: { id: string } | { user_id: string; name: string } = { id: given.id ?? '' };
    if (given.id === undefined) {
      if (!given.user) throw expecting('user', 'application credential');
      const { user } = await people.find(given.user);
      by = { user_id: user?.id ?? '', name: given.name ?? '' };
    }
    const found = await applicationCredentials.find(by);
    const isRight = await guard.check({
      account: `application credential ${found?.id ?? JSON.stringify(by)}`,
      address,
      password: given.secret,
      stored: found && !isOver(found, now()) ? found.secret_hash : null,
    });
    if (!found || !isRight) throw notAuthenticated();
    await ldap.refreshForSignIn(found.user_id);
    return { userId: found.user_id, applicationCredential: found };
  };
}

/** The request is signed with an access token, which says what the token is for: a scope is passed over, as in Keystone. */
function byOAuth({ oauth }: Parts): AuthMethod {
  return async ({ identity, request }) => {
    if (!identity.oauth1) throw expecting('oauth1', 'identity');
    const accessToken = await oauth.authenticate(request);
    return { userId: accessToken.user_id, accessToken };
  };
}
