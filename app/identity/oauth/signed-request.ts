import type { ApiRequest } from '../../http/route.ts';
import type { OAuthRequest } from './oauth-signature.ts';

/** The request as whoever sent it must have signed it. */
export function signedRequestOf({ raw, origin }: ApiRequest<unknown, unknown>): OAuthRequest {
  return { method: raw.method, url: origin + raw.url, authorization: raw.headers.authorization };
}
