import { z } from 'zod';
import { UserError } from '../../contract/errors.ts';
import { signedInSchema } from '../../contract/v1.ts';
import { type ApiRequest, type RouteDefinition, route } from '../../http/route.ts';
import { notAuthenticated } from '../identity.errors.ts';
import type { IdentityService } from '../identity.service.ts';
import { orReceipt } from '../token/receipt.view.ts';
import { tokenBodyOf } from '../token/token-body.ts';
import { finishedPage } from './finished-page.view.ts';

const COOKIE = 'cumulet_sign_in';
const CALLBACK = '/sign-in/oidc/callback';
const WAIT_MS = 50_000;

const providerSchema = z.string().min(1).max(64);
const beginSchema = z.strictObject({
  provider: providerSchema,
  /** This origin, or one on loopback; `wait`: a window of the desktop waits for the browser. */
  redirect: z.union([z.literal('wait'), z.url({ protocol: /^https?$/ }).max(255)]).optional(),
});
const handleSchema = z.strictObject({ state: z.string().min(1).max(200) });
const deviceSchema = z.object({
  state: z.string(),
  userCode: z.string(),
  verificationUri: z.string(),
  verificationUriComplete: z.string().nullable(),
  expiresIn: z.number(),
  interval: z.number(),
});

/** `/v1/sign-in/...`: sign-in with accounts of elsewhere. */
export function oidcSignInRoutes({ oidc }: Pick<IdentityService, 'oidc'>): RouteDefinition[] {
  const signIn = { rule: 'v1:sign_in', isPublic: true, isSignIn: true };
  return [
    route({
      method: 'GET',
      path: '/sign-in/providers',
      ...signIn,
      summary: 'What the sign-in page offers beside name and password.',
      answer: z.object({
        providers: z.array(z.object({ id: z.string(), name: z.string(), kind: z.literal('oidc') })),
      }),
      handler: async () => ({ providers: oidc.list() }),
    }),
    route({
      method: 'POST',
      path: '/sign-in/oidc',
      ...signIn,
      body: beginSchema,
      answer: z.object({ url: z.string(), state: z.string() }),
      handler: async (request) => {
        const { body, origin, reply } = request;
        const redirect = body.redirect === 'wait' ? null : redirectOf(body.redirect, origin);
        if (redirect === null) requireLoopback(request);
        const { url, handle } = await oidc.begin(body.provider, { callbackUri: `${origin}/v1${CALLBACK}`, redirect });
        if (redirect !== null) {
          const secure = origin.startsWith('https:') ? '; Secure' : '';
          reply.header(
            'set-cookie',
            `${COOKIE}=${handle}; Path=/v1${CALLBACK}; Max-Age=600; HttpOnly; SameSite=Lax${secure}`,
          );
        }
        return { url, state: handle };
      },
    }),
    route({
      method: 'GET',
      path: CALLBACK,
      ...signIn,
      summary: 'Where the provider sends the browser back to.',
      answerTypes: ['text/html'],
      handler: async (request) => {
        const { raw, reply, origin } = request;
        const language = raw.headers['accept-language'];
        reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer');
        try {
          const done = await oidc.comeBack(new URL(raw.url, origin), cookieOf(raw.headers.cookie));
          if (done) return await reply.code(303).header('location', done.redirect).send();
          return await page(request, 200, finishedPage({ language }));
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          return await page(request, error.status, finishedPage({ language, error }));
        }
      },
    }),
    route({
      method: 'POST',
      path: '/sign-in/oidc/wait',
      ...signIn,
      summary: 'Waits until the browser has finished; a null code means: ask again.',
      body: handleSchema,
      answer: z.object({ code: z.string().nullable() }),
      handler: async ({ body }) => ({ code: await oidc.wait(body.state, WAIT_MS) }),
    }),
    route({
      method: 'POST',
      path: '/sign-in/oidc/device',
      ...signIn,
      body: z.strictObject({ provider: providerSchema }),
      answer: deviceSchema,
      handler: async ({ body }) => {
        const { handle, ...shown } = await oidc.beginDevice(body.provider);
        return { state: handle, ...shown };
      },
    }),
    route({
      method: 'POST',
      path: '/sign-in/oidc/device/token',
      ...signIn,
      summary: 'Signed in, or after how many seconds to ask again.',
      body: handleSchema,
      answer: z.union([signedInSchema, z.object({ interval: z.number() })]),
      handler: async ({ body }) => await oidc.askDevice(body.state),
    }),
  ];
}

/** Keystone's own way in, for its clients (keystoneauth's v3oidc... plugins): an access token for a token of ours. */
export function federatedAuthRoutes(identity: IdentityService): RouteDefinition[] {
  const { oidc, tokens } = identity;
  return (['GET', 'POST'] as const).map((method) =>
    route({
      method,
      path: '/v3/OS-FEDERATION/identity_providers/:idp_id/protocols/:protocol_id/auth',
      rule: 'identity:issue_token',
      isSignIn: true,
      isPublic: true,
      status: 201,
      answer: z.object({ token: z.record(z.string(), z.unknown()) }),
      handler: async ({ params, raw, origin, reply, noteActor }) => {
        const [, accessToken] = /^Bearer +(\S+)$/i.exec(raw.headers.authorization ?? '') ?? [];
        if (!accessToken) throw notAuthenticated();
        const { idp_id, protocol_id } = params;
        return await orReceipt(reply, async () => {
          const { userId, federation } = await oidc.admitAccessToken(idp_id, protocol_id, accessToken);
          const issued = await tokens.issue({
            userId,
            scope: { type: 'unscoped' },
            methods: [protocol_id],
            parent: null,
            ...(federation ? { federation } : {}),
          });
          if (!issued) throw notAuthenticated();
          noteActor({ id: issued.resolved.user.id, name: issued.resolved.user.name });
          reply.header('x-subject-token', issued.token);
          return await tokenBodyOf(identity, issued.resolved, { origin });
        });
      },
    }),
  );
}

function redirectOf(redirect: string | undefined, origin: string): string {
  if (redirect === undefined) return origin;
  const url = new URL(redirect);
  const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.origin !== origin && !isLoopback) {
    throw new UserError('bad_request', 'The browser can be sent back to this address or to loopback only.', {
      field: 'redirect',
    });
  }
  return url.origin;
}

/**
 * What waits gets the code without a cookie: a link sent to somebody else would sign in the sender. On one computer,
 * browser and window belong to the same person.
 */
function requireLoopback({ raw, origin }: ApiRequest<unknown, unknown>): void {
  const isLocal = ['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(raw.ip);
  if (isLocal && ['localhost', '127.0.0.1', '[::1]'].includes(new URL(origin).hostname)) return;
  throw new UserError('bad_request', 'Only a window on the same computer can wait for the browser.', {
    field: 'redirect',
  });
}

function cookieOf(header: string | undefined): string | undefined {
  return header
    ?.split(/; */)
    .find((each) => each.startsWith(`${COOKIE}=`))
    ?.slice(COOKIE.length + 1);
}

async function page({ reply }: ApiRequest<unknown, unknown>, status: number, html: string): Promise<unknown> {
  return await reply
    .code(status)
    .type('text/html; charset=utf-8')
    .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
    .send(html);
}
