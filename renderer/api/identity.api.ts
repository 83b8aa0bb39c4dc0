import { t } from '../i18n/i18n.ts';
import { CloudError } from './cloud-error.ts';
import { type AnswerOf, type BodyOf, call, send } from './request.ts';
import type { Named, Session } from './session.ts';

export interface PasswordSignIn {
  user: string;
  password: string;
  /** By its name. */
  domain: string;
}

/** What a token is for; `null` is nothing in particular. */
export type Scope = { project: { id: string } } | { domain: { id: string } } | { system: { all: true } };

export interface OwnScopes {
  projects: (Named & { domain_id: string })[];
  domains: Named[];
  hasSystem: boolean;
}

type SessionTokens = Pick<Session, 'unscopedToken' | 'rootToken'>;

interface Token {
  token: string;
  body: AnswerOf<'GET /identity/v3/auth/tokens'>;
}

type Auth = BodyOf<'POST /identity/v3/auth/tokens'>['auth'];

/**
 * Signs in with a password. Where more is asked for, the rejection carries the receipt with which
 * {@link signInWithPasscode} goes on.
 */
export async function signInWithPassword(form: PasswordSignIn): Promise<Session> {
  const password = { user: { name: form.user, domain: { name: form.domain }, password: form.password } };
  return await settle(await createToken({ identity: { methods: ['password'], password }, scope: 'unscoped' }));
}

/** The second step of a sign-in: a code of the person's app (API reference, "Auth receipts"). */
export async function signInWithPasscode(receipt: { token: string; userId: string }, code: string): Promise<Session> {
  const identity = { methods: ['totp'], totp: { user: { id: receipt.userId, passcode: code } } };
  const headers = { 'openstack-auth-receipt': receipt.token };
  return await settle(await createToken({ identity, scope: 'unscoped' }, headers));
}

/** Redeems the code of a single-use link, or of a sign-in at another place, and learns all that a session holds. */
export async function signInWithCode(code: string): Promise<Session> {
  const { token } = await call('POST /v1/sign-in', { body: { code }, token: null });
  const unscoped = await rescope(token, 'unscoped');
  const body = await call('GET /identity/v3/auth/tokens', { token, headers: { 'x-subject-token': token } });
  return body.token.project ? toSession({ token, body }, unscoped.token, token) : await settle(unscoped, token);
}

/** Another token, of the same person, for something else. */
export async function scopeTo({ unscopedToken, rootToken }: SessionTokens, scope: Scope): Promise<Session> {
  return toSession(await rescope(unscopedToken, scope), unscopedToken, rootToken);
}

/** Everything the person may work in. */
export async function listOwnScopes(unscopedToken: string): Promise<OwnScopes> {
  const [{ projects }, { domains }, { system }] = await Promise.all([
    call('GET /identity/v3/auth/projects', { token: unscopedToken }),
    call('GET /identity/v3/auth/domains', { token: unscopedToken }),
    call('GET /identity/v3/auth/system', { token: unscopedToken }),
  ]);
  // A domain that one may work in as a project is in itself.
  const placed = projects.map(({ id, name, domain_id }) => ({ id, name, domain_id: domain_id ?? id }));
  return { projects: placed, domains, hasSystem: system.length > 0 };
}

/** Ends a token, and all made of it, on the controller; that it could not be told is no reason to keep it here. */
export async function revokeToken(token: string): Promise<void> {
  const options = { token, headers: { 'x-subject-token': token } };
  await call('DELETE /identity/v3/auth/tokens', options).catch(() => undefined);
}

/** Proves itself by the old password: it works before one is signed in, as it has to when that has expired. */
export async function changePassword(userId: string, before: string, after: string): Promise<void> {
  await call('POST /identity/v3/users/:user_id/password', {
    params: { user_id: userId },
    body: { user: { original_password: before, password: after } },
    token: null,
  });
}

/** Whose password has to be changed, where that is why a sign-in was refused. */
export function expiredPasswordOf(error: unknown): string | null {
  if (!(error instanceof CloudError) || error.status !== 401) return null;
  return /password is expired and needs to be changed for user: (\w+)/.exec(error.message)?.[1] ?? null;
}

/** Where an account begins: its own project, else the first of what it may work in, else nowhere. */
async function settle(unscoped: Token, rootToken: string = unscoped.token): Promise<Session> {
  const tokens = { unscopedToken: unscoped.token, rootToken };
  const own = await rescope(unscoped.token);
  if (own.body.token.project) return toSession(own, unscoped.token, rootToken);
  const { projects, domains, hasSystem } = await listOwnScopes(unscoped.token);
  const [project] = projects.toSorted((a, b) => a.name.localeCompare(b.name));
  const [domain] = domains;
  if (project) return await scopeTo(tokens, { project: { id: project.id } });
  if (hasSystem) return await scopeTo(tokens, { system: { all: true } });
  if (domain) return await scopeTo(tokens, { domain: { id: domain.id } });
  return toSession(unscoped, unscoped.token, rootToken);
}

function rescope(token: string, scope?: Scope | 'unscoped'): Promise<Token> {
  const identity = { methods: ['token'], token: { id: token } };
  return createToken(scope ? { identity, scope } : { identity });
}

async function createToken(auth: Auth, headers: Record<string, string> = {}): Promise<Token> {
  const path = '/identity/v3/auth/tokens?nocatalog';
  const response = await send(path, { method: 'POST', body: { auth }, token: null, headers });
  const token = response.headers.get('x-subject-token');
  if (!token) throw new CloudError(t('design:fault.noToken'), { status: 502, code: 'unexpected' });
  return { token, body: (await response.json()) as Token['body'] };
}

function toSession({ token, body }: Token, unscopedToken: string, rootToken: string): Session {
  const { user, project, domain, system, roles, expires_at } = body.token;
  return {
    token,
    unscopedToken,
    rootToken,
    expiresAt: expires_at,
    user: { id: user.id, name: user.name, domain: user.domain },
    project: project ?? null,
    domain: domain ?? null,
    isSystem: system?.all === true,
    roles: (roles ?? []).map((role) => role.name),
  };
}
