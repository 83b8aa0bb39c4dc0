import { z } from 'zod';
import { FORM_TYPE } from '../../http/request-body.ts';
import { type ApiRequest, paramOf, type RouteDefinition, route } from '../../http/route.ts';
import { handedOnRoutes } from '../assignment/role.routes.ts';
import { THE_USER } from '../delegated-access.ts';
import type { IdentityService } from '../identity.service.ts';
import { microseconds } from '../identity-time.ts';
import { type Asked, changing, type KeystoneRoutes, keystone, keystoneRoutes } from '../keystone.routes.ts';
import type { Consumers } from './consumer.resource.ts';
import {
  accessTokenView,
  authorizeAnswer,
  authorizeSchema,
  consumerChangeSchema,
  consumerSchema,
} from './oauth.schema.ts';
import type { AccessTokenRecord, ConsumerRecord } from './oauth.tables.ts';
import { signedRequestOf } from './signed-request.ts';

const TOKENS = 'users/:user_id/OS-OAUTH1/access_tokens';

/** API reference, "OS-OAUTH1": consumers, the three steps, and what came of them. */
export function oauthRoutes(identity: IdentityService): RouteDefinition[] {
  return [...consumerRoutes(identity.consumers), ...flowRoutes(identity), ...accessTokenRoutes(identity)];
}

function consumerRoutes(consumers: Consumers): RouteDefinition[] {
  const routes: KeystoneRoutes<ConsumerRecord> = {
    records: consumers,
    thing: 'consumer',
    things: 'consumers',
    filters: [],
    path: 'OS-OAUTH1/consumers',
    create: consumerSchema,
    update: changing(consumerChangeSchema),
    shape: { description: z.string().nullable(), secret: z.string().optional() },
    toView: ({ secret, ...consumer }) => consumer,
    toMadeView: (consumer) => consumer,
  };
  return keystoneRoutes(routes);
}

function flowRoutes(identity: IdentityService): RouteDefinition[] {
  const { oauth } = identity;
  return [
    route({
      method: 'POST',
      path: '/v3/OS-OAUTH1/request_token',
      summary: 'A signed request (Authorization: OAuth) of a consumer, for the project of Requested-Project-Id.',
      rule: 'identity:create_request_token',
      isPublic: true,
      answerTypes: [FORM_TYPE],
      handler: async (request) => {
        const project = request.raw.headers['requested-project-id'];
        const projectId = typeof project === 'string' ? project : undefined;
        return sendForm(request, await oauth.createRequestToken(signedRequestOf(request), projectId));
      },
    }),
    route({
      method: 'PUT',
      path: '/v3/OS-OAUTH1/authorize/:request_token_id',
      rule: 'identity:authorize_request_token',
      delegated: THE_USER,
      body: authorizeSchema,
      answer: authorizeAnswer,
      handler: async (request) => {
        const { context, params, body } = request;
        return { token: { oauth_verifier: await oauth.authorize(context, params.request_token_id, body.roles) } };
      },
    }),
    route({
      method: 'POST',
      path: '/v3/OS-OAUTH1/access_token',
      summary: 'A signed request (Authorization: OAuth) of a consumer, for the request token a user authorized.',
      rule: 'identity:create_access_token',
      isPublic: true,
      answerTypes: [FORM_TYPE],
      handler: async (request) => {
        const token = await oauth.createAccessToken(request.context, signedRequestOf(request));
        request.noteActor({ id: token.user_id, name: null });
        return sendForm(request, token);
      },
    }),
  ];
}

function accessTokenRoutes({ accessTokens }: IdentityService): RouteDefinition[] {
  const of = keystone<AccessTokenRecord>({
    ...{ thing: 'access_token', things: 'access_tokens', path: TOKENS, schema: accessTokenView },
    ...{ view: toAccessTokenView, delegated: THE_USER },
  });
  const userOf = (request: Asked) => paramOf(request, 'user_id');
  return [
    of.list({ find: (request) => accessTokens.list(userOf(request)) }),
    of.show({ find: (request, id) => accessTokens.get(userOf(request), id) }),
    of.delete((request, id) => accessTokens.delete(request.context, userOf(request), id)),
    ...handedOnRoutes({
      path: `${TOKENS}/:access_token_id`,
      rules: { list: 'identity:list_access_token_roles', get: 'identity:get_access_token_role' },
      delegated: THE_USER,
      rolesOf: (request) => accessTokens.rolesOf(userOf(request), paramOf(request, 'access_token_id')),
    }),
  ];
}

/** As RFC 5849 answers tokens, with Keystone's expiry. */
function sendForm(
  { reply }: ApiRequest<unknown, unknown>,
  { id, secret, expires_at }: { id: string; secret: string; expires_at: string | null },
) {
  const expiry = expires_at === null ? '' : `&oauth_expires_at=${microseconds(expires_at)}`;
  return reply.code(201).type(FORM_TYPE).send(`oauth_token=${id}&oauth_token_secret=${secret}${expiry}`);
}

/** Never with its secret; `origin` is the caller's. */
function toAccessTokenView(token: AccessTokenRecord, origin: string) {
  const self = `${origin}/identity/v3/users/${token.user_id}/OS-OAUTH1/access_tokens/${token.id}`;
  return {
    id: token.id,
    consumer_id: token.consumer_id,
    project_id: token.project_id,
    authorizing_user_id: token.user_id,
    expires_at: token.expires_at && microseconds(token.expires_at),
    links: { self, roles: `${self}/roles` },
  };
}
