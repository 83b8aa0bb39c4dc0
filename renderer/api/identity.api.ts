import type { TokenBody } from '../../app/contract/openstack.ts';
import type { SignedIn } from '../../app/contract/v1.ts';
import { CloudError } from './cloud-error.ts';
import { request, send } from './request.ts';
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
  body: TokenBody;
}

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
  const { token } = await request<SignedIn>('/v1/sign-in', { method: 'POST', body: { code }, token: null });
  const unscoped = await rescope(token, 'unscoped');
  const response = await send('/identity/v3/auth/tokens', { token, headers: { 'x-subject-token': token } });
  const body = (await response.json()) as TokenBody;
  return body.token.project ? toSession({ token, body }, unscoped.token, token) : await settle(unscoped, token);
}

/** Another token, of the same person, for something else. */
export async function scopeTo({ unscopedToken, rootToken }: SessionTokens, scope: Scope): Promise<Session> {
  return toSession(await rescope(unscopedToken, scope), unscopedToken, rootToken);
}

/** Everything the person may work in. */
export async function listOwnScopes(unscopedToken: string): Promise<OwnScopes> {
  const read = <T>(what: string) => request<T>(`/identity/v3/auth/${what}`, { token: unscopedToken });
  const [projects, domains, system] = await Promise.all([
    read<{ projects: OwnScopes['projects'] }>('projects'),
    read<{ domains: Named[] }>('domains'),
    read<{ system: unknown[] }>('system'),
  ]);
  return { projects: projects.projects, domains: domains.domains, hasSystem: system.system.length > 0 };
}

/** Ends a token, and all made of it, on the controller; that it could not be told is no reason to keep it here. */
export async function revokeToken(token: string): Promise<void> {
  const options = { method: 'DELETE', token, headers: { 'x-subject-token': token } } as const;
  await send('/identity/v3/auth/tokens', options).catch(() => undefined);
}

/** Proves itself by the old password: it works before one is signed in, as it has to when that has expired. */
export async function changePassword(userId: string, before: string, after: string, token?: null): Promise<void> {
  const body = { user: { original_password: before, password: after } };
  const path = `/identity/v3/users/${encodeURIComponent(userId)}/password`;
  await send(path, { method: 'POST', body, ...(token === null ? { token } : {}) });
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

async function createToken(auth: unknown, headers: Record<string, string> = {}): Promise<Token> {
  const path = '/identity/v3/auth/tokens?nocatalog';
  const response = await send(path, { method: 'POST', body: { auth }, token: null, headers });
  const token = response.headers.get('x-subject-token');
  if (!token) throw new CloudError('The answer to the sign-in carries no token.', { status: 502, code: 'unexpected' });
  return { token, body: (await response.json()) as TokenBody };
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
