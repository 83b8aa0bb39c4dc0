import type { TokenBody } from '../../app/contract/openstack.ts';
import type { SignedIn } from '../../app/contract/v1.ts';
import { CloudError } from './cloud-error.ts';
import { request, send } from './request.ts';
import type { Session } from './session.ts';

export interface Project {
  id: string;
  name: string;
}

export interface PasswordSignIn {
  user: string;
  password: string;
  /** Name of the project to work in; the account's own one when left out. */
  project?: string | undefined;
}

const DEFAULT_DOMAIN = { id: 'default' };

/** Signs in with a password and scopes the token to a project. */
export async function signInWithPassword(form: PasswordSignIn): Promise<Session> {
  const password = { user: { name: form.user, domain: DEFAULT_DOMAIN, password: form.password } };
  const identity = { methods: ['password'], password };
  const wanted = form.project?.trim();
  const first = await createToken({
    identity,
    ...(wanted ? { scope: { project: { name: wanted, domain: DEFAULT_DOMAIN } } } : {}),
  });
  if (first.body.token.project) return toSession(first.token, first.body);
  const [project] = await listOwnProjects(first.token);
  if (!project) {
    throw new CloudError('This account is in no project yet.', {
      status: 403,
      code: 'forbidden',
      hint: 'Ask an administrator to add it to a project, then sign in again.',
    });
  }
  return scopeToProject(first.token, project.id);
}

/** Another token, of the same person, for another project. */
export async function scopeToProject(token: string, projectId: string): Promise<Session> {
  const identity = { methods: ['token'], token: { id: token } };
  const scoped = await createToken({ identity, scope: { project: { id: projectId } } });
  return toSession(scoped.token, scoped.body);
}

/** Redeems the code of a single-use sign-in link. */
export async function signInWithCode(code: string): Promise<Session> {
  return request<SignedIn>('/v1/sign-in', { method: 'POST', body: { code }, token: null });
}

export async function listOwnProjects(token?: string): Promise<Project[]> {
  const answer = await request<{ projects: Project[] }>('/identity/v3/auth/projects', token ? { token } : {});
  return answer.projects;
}

export async function revokeToken(token: string): Promise<void> {
  await send('/identity/v3/auth/tokens', { method: 'DELETE', token, headers: { 'x-subject-token': token } });
}

async function createToken(auth: unknown): Promise<{ token: string; body: TokenBody }> {
  const response = await send('/identity/v3/auth/tokens', { method: 'POST', body: { auth }, token: null });
  const token = response.headers.get('x-subject-token');
  if (!token) throw new CloudError('The answer to the sign-in carries no token.', { status: 502, code: 'unexpected' });
  return { token, body: (await response.json()) as TokenBody };
}

function toSession(token: string, body: TokenBody): Session {
  const { user, project, roles, expires_at } = body.token;
  if (!project) throw new CloudError('The token is for no project.', { status: 502, code: 'unexpected' });
  return {
    token,
    expiresAt: expires_at,
    user: { id: user.id, name: user.name },
    project: { id: project.id, name: project.name },
    roles: (roles ?? []).map((role) => role.name),
  };
}
