import { createHmac } from 'node:crypto';
import { UserError } from '../../contract/errors.ts';
import { isSameSignature, percentEncoded } from '../credential/signature.ts';

/** A request as its sender signed it. */
export interface OAuthRequest {
  method: string;
  /** Whole, with the query. */
  url: string;
  authorization: string | undefined;
}
/** What `Authorization: OAuth ...` holds, by name. */
export type OAuthParameters = Readonly<Record<string, string>>;

/** Of the methods of RFC 5849 and their later hashes those with shared secrets. */
const HASHES: Readonly<Record<string, string>> = {
  'HMAC-SHA1': 'sha1',
  'HMAC-SHA256': 'sha256',
  'HMAC-SHA512': 'sha512',
};
/** How far the clock of whoever signs may be off, as with Keystone. */
export const MAX_SKEW_MS = 10 * 60_000;
const MAX_HEADER = 8192;

/** 400 where the header is missing or holds what is no OAuth 1, or was signed long ago; `needed` must be there. */
export function oauthParameters(
  { authorization = '' }: OAuthRequest,
  now: number,
  needed: readonly string[] = [],
): OAuthParameters {
  const text = /^OAuth\s+(.*)$/is.exec(authorization)?.[1];
  if (text === undefined || text.length > MAX_HEADER) throw refuse('Authorization', 'it is to begin with OAuth');
  const parameters: Record<string, string> = Object.create(null);
  for (const part of text.split(',')) {
    const [, name, value] = /^\s*([^\s="]+)\s*=\s*"([^"]*)"\s*$/.exec(part) ?? [];
    if (name === undefined || value === undefined) throw refuse('Authorization', 'it is a list of name="value"');
    if (parameters[name] !== undefined) throw refuse(name, 'it is there twice');
    parameters[decoded(name)] = decoded(value);
  }
  const always = ['oauth_consumer_key', 'oauth_signature_method', 'oauth_timestamp', 'oauth_nonce', 'oauth_signature'];
  for (const name of [...needed, ...always]) if (!parameters[name]) throw refuse(name, 'it is missing');
  const {
    oauth_version: version = '1.0',
    oauth_signature_method: method = '',
    oauth_timestamp: time = '',
  } = parameters;
  if (version !== '1.0') throw refuse('oauth_version', 'it is to be 1.0');
  if (!Object.hasOwn(HASHES, method)) throw refuse('oauth_signature_method', `it is one of ${Object.keys(HASHES)}`);
  if (!/^\d{1,12}$/.test(time) || Math.abs(Number(time) * 1000 - now) > MAX_SKEW_MS) {
    throw refuse('oauth_timestamp', 'the request is to be signed now');
  }
  return parameters;
}

/** Whether the request was signed with the secrets of the consumer and of the token it names, if any. */
export function isSignatureRight(
  request: OAuthRequest,
  parameters: OAuthParameters,
  secrets: { consumer: string; token?: string },
): boolean {
  const hash = HASHES[parameters.oauth_signature_method ?? ''];
  if (hash === undefined) return false;
  const key = `${percentEncoded(secrets.consumer)}&${percentEncoded(secrets.token ?? '')}`;
  const right = createHmac(hash, key).update(signedText(request, parameters)).digest('base64');
  return isSameSignature(parameters.oauth_signature ?? '', right);
}

/** RFC 5849, section 3.4.1. Bodies here are JSON and not part of it. */
function signedText({ method, url }: OAuthRequest, parameters: OAuthParameters): string {
  const { origin, pathname, searchParams } = new URL(url);
  const sent = Object.entries(parameters).filter(([name]) => name !== 'realm' && name !== 'oauth_signature');
  const pairs = [...sent, ...searchParams]
    .map(([name, value]) => [percentEncoded(name), percentEncoded(value)] as const)
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y));
  const normalized = pairs.map((pair) => pair.join('=')).join('&');
  return [method.toUpperCase(), origin + pathname, normalized].map(percentEncoded).join('&');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refuse('Authorization', 'it is not escaped as addresses are');
  }
}

function refuse(field: string, why: string): UserError {
  return new UserError('bad_request', `Invalid input for header/parameter ${field.slice(0, 100)}: ${why}.`, {
    field: field.slice(0, 100),
  });
}
