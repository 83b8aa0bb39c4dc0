import { type RouteDefinition, route } from '../../http/route.ts';
import { ANY_TOKEN } from '../delegated-access.ts';
import type { IdentityService } from '../identity.service.ts';
import { tokenAnswer } from '../token/token.view.ts';
import { tokenBodyOf } from '../token/token-body.ts';
import { EC2_SIGNATURES, S3_SIGNATURES, type Signatures } from './aws-signature.ts';
import { signedRequestSchema } from './credential.schema.ts';

/** Services show what a client signed and get the client's token; only services and administrators may. */
export function ec2TokenRoutes(identity: IdentityService): RouteDefinition[] {
  const tokenRoute = (path: string, rule: string, signatures: Signatures, tellsToken: boolean) =>
    route({
      method: 'POST',
      path,
      rule,
      delegated: ANY_TOKEN,
      body: signedRequestSchema,
      answer: tokenAnswer,
      handler: async ({ body, origin, reply }) => {
        const request = body.credentials ?? body.credential ?? body.ec2Credentials ?? {};
        const { token, resolved } = await identity.ec2Tokens.issue(request, signatures);
        if (tellsToken) reply.header('x-subject-token', token);
        return await tokenBodyOf(identity, resolved, { origin });
      },
    });
  return [
    tokenRoute('/v3/ec2tokens', 'identity:ec2tokens_validate', EC2_SIGNATURES, true),
    tokenRoute('/v3/s3tokens', 'identity:s3tokens_validate', S3_SIGNATURES, false),
  ];
}
