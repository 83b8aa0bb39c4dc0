import { z } from 'zod';
import { UserError } from '../../contract/errors.ts';
import { parseBoolean } from '../../http/boolean-text.ts';
import { type RouteDefinition, route } from '../../http/route.ts';
import { ANY_TOKEN } from '../delegated-access.ts';
import { expecting, notAuthorized } from '../identity.errors.ts';
import type { IdentityService } from '../identity.service.ts';
import { toCollection } from '../identity.view.ts';
import { microseconds } from '../identity-time.ts';
import type { Asked } from '../keystone.routes.ts';
import { signedRequestOf } from '../oauth/signed-request.ts';
import { type AuthRequest, authRequestSchema, changePasswordSchema, type UserReference } from './auth.schema.ts';
import { orReceipt } from './receipt.view.ts';
import type { ResolvedToken } from './token.service.ts';
import type { RevocationRow } from './token.tables.ts';
import { tokenAnswer } from './token.view.ts';
import { tokenBodyOf } from './token-body.ts';

const sinceSchema = z.object({
  since: z.iso
    .datetime({ offset: true })
    .transform((time) => new Date(time).toISOString())
    .optional(),
});

/** `/v3/auth/...` and the change of one's own password. */
export function authRoutes(identity: IdentityService): RouteDefinition[] {
  const aboutSubject = {
    path: '/v3/auth/tokens',
    delegated: ANY_TOKEN,
    target: (request: Asked) => subjectTarget(identity, request),
  } as const;
  return [
    route({
      method: 'POST',
      path: '/v3/auth/tokens',
      rule: 'identity:issue_token',
      isSignIn: true,
      isPublic: true,
      body: authRequestSchema,
      status: 201,
      answer: tokenAnswer,
      handler: async (request) => {
        if (request.body === undefined) throw expecting('auth', 'request body');
        const { raw, reply } = request;
        const named = namedUser(request.body.auth);
        request.noteActor({ id: named?.id ?? null, name: named?.name ?? null });
        const receipt = raw.headers['openstack-auth-receipt'];
        return await orReceipt(reply, async () => {
          const { token, resolved } = await identity.signIns.signIn(request.body.auth, {
            address: raw.ip,
            request: signedRequestOf(request),
            receipt: typeof receipt === 'string' ? receipt : null,
          });
          request.noteActor({ id: resolved.user.id, name: resolved.user.name });
          reply.header('x-subject-token', token);
          return await tokenBodyOf(identity, resolved, wishesOf(request));
        });
      },
    }),
    route({
      method: 'GET',
      ...aboutSubject,
      rule: 'identity:validate_token',
      answer: tokenAnswer,
      handler: async (request) => {
        const { token, resolved } = await subjectOf(identity, request);
        request.reply.header('x-subject-token', token);
        return await tokenBodyOf(identity, resolved, wishesOf(request));
      },
    }),
    route({
      method: 'HEAD',
      ...aboutSubject,
      rule: 'identity:check_token',
      status: 200,
      handler: async (request) => {
        const { token } = await subjectOf(identity, request);
        request.reply.header('x-subject-token', token);
      },
    }),
    route({
      method: 'DELETE',
      ...aboutSubject,
      rule: 'identity:revoke_token',
      handler: async (request) => {
        const { resolved } = await subjectOf(identity, request);
        await identity.tokens.revoke(resolved);
      },
    }),
    route({
      method: 'GET',
      path: '/v3/auth/tokens/OS-PKI/revoked',
      rule: 'identity:revocation_list',
      delegated: ANY_TOKEN,
      handler: async () => {
        throw notAuthorized();
      },
    }),
    ...['ca', 'certificates'].map((path) =>
      route({
        method: 'GET',
        path: `/v3/OS-SIMPLE-CERT/${path}`,
        rule: 'identity:get_certificates',
        isPublic: true,
        handler: async () => {
          throw new UserError('gone', 'There are no certificates any more: tokens are not signed with them.');
        },
      }),
    ),
    route({
      method: 'GET',
      path: '/v3/OS-REVOKE/events',
      rule: 'identity:list_revoke_events',
      delegated: ANY_TOKEN,
      query: sinceSchema,
      answer: z.object({ events: z.array(z.looseObject({ issued_before: z.string() })), links: z.unknown() }),
      handler: async ({ query, origin, raw }) => {
        const events = await identity.tokens.listRevocations(query.since);
        return toCollection('events', events.map(toRevocationView), origin + raw.url);
      },
    }),
    route({
      method: 'POST',
      path: '/v3/users/:user_id/password',
      rule: 'identity:change_password',
      isPublic: true,
      body: changePasswordSchema,
      handler: async ({ context, params, body, raw, noteActor }) => {
        noteActor({ id: params.user_id ?? null, name: null });
        await identity.passwords.change(context, params.user_id, body.user, raw.ip);
      },
    }),
  ];
}

/** The token of `X-Subject-Token`; 404 where it is not valid. Services may ask about one that has expired lately. */
async function subjectOf(
  identity: IdentityService,
  { allows, raw }: Asked,
): Promise<{ token: string; resolved: ResolvedToken }> {
  const token = raw.headers['x-subject-token'];
  if (typeof token !== 'string' || token === '') throw new UserError('not_found', 'No token in the request');
  const asked = new URL(raw.url, 'http://localhost').searchParams.get('allow_expired') ?? '';
  const isTrusted = allows('service_or_admin');
  const allowExpired = isTrusted && parseBoolean(asked) === true;
  const resolved = await identity.tokens.validate(token, { allowExpired });
  if (!resolved) throw new UserError('not_found', 'Failed to validate token');
  // Whoever does not know the rules would give it more than they allow.
  const hasRules = (resolved.applicationCredential?.accessRules.length ?? 0) > 0;
  if (hasRules && isTrusted && raw.headers['openstack-identity-access-rules'] === undefined) {
    throw new UserError('not_found', 'Failed to validate token');
  }
  return { token, resolved };
}

/** Its user. Nobody guesses a token, so that one is not valid is told before the caller's rights are looked at (404). */
async function subjectTarget(identity: IdentityService, request: Asked) {
  const { resolved } = await subjectOf(identity, request);
  return { target: { token: { user_id: resolved.user.id } } };
}

/** Whom the request says it is of, for the audit trail. */
function namedUser({ identity }: AuthRequest): UserReference | undefined {
  return identity.password?.user ?? identity.totp?.user ?? identity.application_credential?.user;
}

function toRevocationView({ id: _, trust_id, revoked_at, ...event }: RevocationRow) {
  const set = Object.entries(event).filter(([, value]) => value !== null);
  return {
    ...Object.fromEntries(set),
    ...(trust_id !== null && { 'OS-TRUST:trust_id': trust_id }),
    issued_before: microseconds(revoked_at),
    revoked_at: microseconds(revoked_at),
  };
}

function wishesOf({ raw, origin }: Asked) {
  return { origin, withCatalog: !new URL(raw.url, 'http://localhost').searchParams.has('nocatalog') };
}
