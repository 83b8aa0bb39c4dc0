import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { UserError } from '../../contract/errors.ts';
import { FORM_TYPE } from '../../http/request-body.ts';
import { type ApiRequest, type RouteDefinition, route } from '../../http/route.ts';
import type { IdentityService } from '../identity.service.ts';
import type { ResolvedToken } from '../token/token.service.ts';
import { signedRequestOf } from './signed-request.ts';

const text = z.string().max(4096).optional();
const formSchema = z.object({ grant_type: text, client_id: text, client_secret: text }).default({});
type Form = z.infer<typeof formSchema>;
const answer = z.object({ access_token: z.string(), token_type: z.literal('Bearer'), expires_in: z.int() });
type ErrorCode = 'invalid_client' | 'invalid_request' | 'unsupported_grant_type';

/**
 * OAuth 2 for programs (API reference, "OS-OAUTH2"; RFC 6749, 4.4): an application credential's id and secret, as Basic
 * authorization or in the form, give a token. Certificates of clients are not asked for here.
 */
export function clientCredentialsRoutes(identity: IdentityService): RouteDefinition[] {
  return [
    route({
      method: 'POST',
      path: '/v3/OS-OAUTH2/token',
      summary: 'A token for an application credential, as OAuth 2 asks for it (client_credentials).',
      rule: 'identity:issue_token',
      isSignIn: true,
      isPublic: true,
      bodyTypes: [FORM_TYPE],
      body: formSchema,
      answer,
      handler: async (request) => {
        const isForm = request.raw.headers['content-type']?.split(';')[0]?.trim().toLowerCase() === FORM_TYPE;
        const { grant_type, ...form } = isForm ? request.body : {};
        if (!grant_type) return refuse(request, 400, 'invalid_request', 'The parameter grant_type is required.');
        if (grant_type !== 'client_credentials') {
          return refuse(request, 400, 'unsupported_grant_type', 'grant_type can be client_credentials only.');
        }
        const { client_id: id, client_secret: secret } = basicOf(request) ?? form;
        if (!id || !secret) return refuse(request, 401, 'invalid_client', 'Client authentication failed.');
        try {
          const { token, resolved } = await signIn(identity, request, { id, secret });
          request.noteActor({ id: resolved.user.id, name: resolved.user.name });
          request.reply.header('cache-control', 'no-store');
          const { issuedAt, expiresAt } = resolved.record;
          const seconds = Math.floor((Date.parse(expiresAt) - Date.parse(issuedAt)) / 1000);
          return { access_token: token, token_type: 'Bearer', expires_in: seconds };
        } catch (error) {
          if (!(error instanceof UserError) || error.status !== 401) throw error;
          return refuse(request, 401, 'invalid_client', 'Client authentication failed.');
        }
      },
    }),
  ];
}

async function signIn(
  { signIns }: IdentityService,
  request: ApiRequest<unknown, Form>,
  application_credential: { id: string; secret: string },
): Promise<{ token: string; resolved: ResolvedToken }> {
  const identity = { methods: ['application_credential'], application_credential };
  const attempt = { address: request.raw.ip, request: signedRequestOf(request), receipt: null };
  return await signIns.signIn({ identity }, attempt);
}

/** Undefined where the client sent no Basic authorization. */
function basicOf({ raw }: ApiRequest<unknown, Form>): Pick<Form, 'client_id' | 'client_secret'> | undefined {
  const [, encoded] = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(raw.headers.authorization ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const [, client_id, client_secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
  return { client_id, client_secret };
}

/** As RFC 6749, 5.2, not as the rest of the API. */
function refuse(
  { reply, origin }: ApiRequest<unknown, Form>,
  status: 400 | 401,
  error: ErrorCode,
  error_description: string,
): FastifyReply {
  if (status === 401) reply.header('www-authenticate', `Keystone uri="${origin}/identity"`);
  return reply.code(status).send({ error, error_description });
}
