import type { z } from 'zod';
import { UserError } from '../../contract/errors.ts';
import { type ApiRequest, type RouteDefinition, route } from '../../http/route.ts';
import { serviceCatalog } from '../catalog/catalog.ts';
import { toDomainView, toProjectView } from '../directory/project.view.ts';
import { expecting, notAuthorized } from '../identity.errors.ts';
import type { IdentityService } from '../identity.service.ts';
import { toCollection } from '../identity.view.ts';
import { type AuthRequest, authRequestSchema, changePasswordSchema } from './auth.schema.ts';
import { TooManySignIns } from './sign-in-guard.ts';
import type { ResolvedToken } from './token.service.ts';
import { toTokenBody } from './token.view.ts';

/** `/v3/auth/...` and the change of one's own password. */
export function authRoutes(identity: IdentityService): RouteDefinition[] {
  return [
    route<unknown, { auth: AuthRequest }>({
      method: 'POST',
      path: '/v3/auth/tokens',
      rule: 'identity:issue_token',
      isPublic: true,
      body: authRequestSchema,
      status: 201,
      handler: async (request) => {
        if (request.body === undefined) throw expecting('auth', 'request body');
        const { token, resolved } = await tellingWhenToRetry(request, () =>
          identity.signIns.signIn(request.body.auth, request.raw.ip),
        );
        request.reply.header('x-subject-token', token);
        return toTokenBody(resolved, catalogOrigin(request));
      },
    }),
    route({
      method: 'GET',
      path: '/v3/auth/tokens',
      rule: 'identity:validate_token',
      handler: async (request) => {
        const { token, resolved } = await subjectOf(identity, request, 'identity:validate_token');
        request.reply.header('x-subject-token', token);
        return toTokenBody(resolved, catalogOrigin(request));
      },
    }),
    route({
      method: 'HEAD',
      path: '/v3/auth/tokens',
      rule: 'identity:check_token',
      status: 200,
      handler: async (request) => {
        const { token } = await subjectOf(identity, request, 'identity:check_token');
        request.reply.header('x-subject-token', token);
      },
    }),
    route({
      method: 'DELETE',
      path: '/v3/auth/tokens',
      rule: 'identity:revoke_token',
      handler: async (request) => {
        const { resolved } = await subjectOf(identity, request, 'identity:revoke_token');
        await identity.tokens.revoke(resolved);
      },
    }),
    route({
      method: 'GET',
      path: '/v3/auth/catalog',
      rule: 'identity:get_auth_catalog',
      handler: async ({ context, origin }) => {
        if (context.projectId === null) throw notAuthorized();
        return { catalog: serviceCatalog(origin), links: { self: `${origin}/identity/v3/auth/catalog` } };
      },
    }),
    route({
      method: 'GET',
      path: '/v3/auth/projects',
      rule: 'identity:get_auth_projects',
      handler: async ({ context, origin }) => {
        const projects = await identity.projectLists.ofUser(context.userId ?? '', { enabled: true });
        const views = projects.items.map((project) => toProjectView(project, origin));
        return toCollection('projects', views, `${origin}/identity/v3/auth/projects`);
      },
    }),
    route({
      method: 'GET',
      path: '/v3/auth/domains',
      rule: 'identity:get_auth_domains',
      handler: async ({ context, origin }) => {
        const domains = await identity.projectLists.ofUser(context.userId ?? '', { enabled: true }, 'domain');
        const views = domains.items.map((domain) => toDomainView(domain, origin));
        return toCollection('domains', views, `${origin}/identity/v3/auth/domains`);
      },
    }),
    route({
      method: 'GET',
      path: '/v3/auth/system',
      rule: 'identity:get_auth_system',
      handler: async ({ context, origin }) => ({
        system: (await identity.projectLists.hasSystemRole(context.userId ?? '')) ? [{ all: true }] : [],
        links: { self: `${origin}/identity/v3/auth/system` },
      }),
    }),
    route<unknown, z.infer<typeof changePasswordSchema>>({
      method: 'POST',
      path: '/v3/users/:user_id/password',
      rule: 'identity:change_password',
      isPublic: true,
      body: changePasswordSchema,
      handler: async (request) => {
        const { context, params, body, raw } = request;
        await tellingWhenToRetry(request, () =>
          identity.passwords.change(context, params.user_id ?? '', body.user, raw.ip),
        );
      },
    }),
  ];
}

/** The token of `X-Subject-Token`, where the caller may see it: their own user's, or any for administrators and services. */
async function subjectOf(
  identity: IdentityService,
  { context, raw }: ApiRequest<unknown, unknown>,
  action: string,
): Promise<{ token: string; resolved: ResolvedToken }> {
  const token = raw.headers['x-subject-token'];
  const mayAll = context.isAdmin || (action === 'identity:validate_token' && context.roles.includes('service'));
  if (typeof token !== 'string' || token === '') {
    throw mayAll ? new UserError('not_found', 'No token in the request') : notAuthorized(action);
  }
  const resolved = await identity.tokens.validate(token);
  if (!resolved) throw new UserError('not_found', 'Failed to validate token');
  if (!mayAll && resolved.user.id !== context.userId) throw notAuthorized(action);
  return { token, resolved };
}

function catalogOrigin({ raw, origin }: ApiRequest<unknown, unknown>): string | null {
  const asked = new URL(raw.url, 'http://localhost').searchParams;
  return asked.has('nocatalog') ? null : origin;
}

async function tellingWhenToRetry<T>({ reply }: ApiRequest<unknown, unknown>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TooManySignIns) reply.header('retry-after', error.retryAfter);
    throw error;
  }
}
