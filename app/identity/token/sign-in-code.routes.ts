import { signedInSchema, signInCodeSchema, signInSchema } from '../../contract/v1.ts';
import { type RouteDefinition, route } from '../../http/route.ts';
import { THE_USER } from '../delegated-access.ts';
import type { IdentityService } from '../identity.service.ts';

/** `/v1/sign-in-codes` and `/v1/sign-in`: a link that signs in once, and what the dashboard does with it. */
export function signInCodeRoutes(
  identity: Pick<IdentityService, 'createSignInCode' | 'exchangeSignInCode'>,
): RouteDefinition[] {
  return [
    route({
      method: 'POST',
      path: '/sign-in',
      rule: 'v1:sign_in',
      isSignIn: true,
      isPublic: true,
      body: signInSchema,
      status: 201,
      answer: signedInSchema,
      handler: ({ body }) => identity.exchangeSignInCode(body.code),
    }),
    route({
      method: 'POST',
      path: '/sign-in-codes',
      rule: 'v1:sign_in_codes:create',
      delegated: THE_USER,
      status: 201,
      answer: signInCodeSchema,
      handler: async ({ origin }) => ({ url: `${origin}/#code=${await identity.createSignInCode()}` }),
    }),
  ];
}
