import { createHash, createHmac } from 'node:crypto';
import { UserError } from '../../contract/errors.ts';
import type { SignedRequest } from './credential.schema.ts';
import { isSameSignature, percentEncoded } from './signature.ts';

const V4 = 'AWS4-HMAC-SHA256';

/** What requests of one protocol are signed with, and when that says they were; nothing that is not signed counts. */
export interface Signatures {
  readonly isRight: (request: SignedRequest, secret: string) => boolean;
  /** Undefined where the signed text holds none, which only the oldest protocols allow. */
  readonly timeOf: (request: SignedRequest) => string | undefined;
}
export const EC2_SIGNATURES: Signatures = { isRight: isEc2SignatureRight, timeOf: ec2TimeOf };
export const S3_SIGNATURES: Signatures = { isRight: isS3SignatureRight, timeOf: s3TimeOf };

/** Whether the EC2 request was signed with the secret: signature version 2 or 4 (AWS General Reference). */
function isEc2SignatureRight(request: SignedRequest, secret: string): boolean {
  const { signature, host = '' } = request;
  if (!signature) throw new UserError('unauthorized', 'EC2 signature not supplied.');
  // Some clients leave the port out of what they sign.
  const hosts = [host, host.replace(/:\d+$/, '')];
  return hosts.some((name) => isSameSignature(signature, ec2Signature({ ...request, host: name }, secret)));
}

/** Whether the S3 request was signed with it; `token` is the text that was signed. */
function isS3SignatureRight({ signature, token = '' }: SignedRequest, secret: string): boolean {
  const text = Buffer.from(token, 'base64').toString('utf8');
  if (!text.startsWith('AWS4')) {
    return isSameSignature(signature ?? '', createHmac('sha1', secret).update(text).digest('base64'));
  }
  const [algorithm, , scope = '', , ...rest] = text.split('\n');
  const [, , service = '', end, ...more] = scope.split('/');
  const isKnown = algorithm === V4 && rest.length === 0 && end === 'aws4_request' && more.length === 0;
  if (!isKnown || !['s3', 'iam', 'sts'].includes(service)) throw invalid();
  return isSameSignature(signature ?? '', hmac(v4Key(secret, scope), text).toString('hex'));
}

/** Of version 2 all parameters are signed; of version 4 the date, and others may be added to a POST. */
function ec2TimeOf(request: SignedRequest): string | undefined {
  return request.params?.SignatureVersion === '2' ? request.params.Timestamp : v4DateOf(request);
}

function s3TimeOf({ token = '' }: SignedRequest): string | undefined {
  const [algorithm, date] = Buffer.from(token, 'base64').toString('utf8').split('\n');
  return algorithm === V4 ? date : undefined;
}

/** It stands in the text that is signed, whether it came as a header or as a parameter. */
function v4DateOf({ headers = {}, params = {} }: SignedRequest): string {
  return header(headers, 'x-amz-date') ?? params['X-Amz-Date'] ?? '';
}

function ec2Signature(request: SignedRequest, secret: string): string {
  const { params = {}, headers = {} } = request;
  const version = params.SignatureVersion;
  if (version === '2') return v2(request, secret);
  const isV4 = (header(headers, 'authorization') ?? params['X-Amz-Algorithm'] ?? '').startsWith(V4);
  if (!isV4 || version !== undefined) throw invalid();
  return v4(request, secret);
}

function v2({ verb = '', host = '', path = '', params = {} }: SignedRequest, secret: string): string {
  const method = params.SignatureMethod ?? 'HmacSHA256';
  if (method !== 'HmacSHA256' && method !== 'HmacSHA1') throw invalid();
  const { Signature: _, ...sent } = params;
  const signed = { ...sent, SignatureMethod: method };
  const text = [verb.toUpperCase(), host.toLowerCase(), path, canonicalQuery(signed)].join('\n');
  return createHmac(method === 'HmacSHA1' ? 'sha1' : 'sha256', secret)
    .update(text)
    .digest('base64');
}

function v4(request: SignedRequest, secret: string): string {
  const { verb = '', host = '', path = '', params = {}, headers = {}, body_hash = '' } = request;
  const authorization = header(headers, 'authorization');
  const parameter = (name: string) =>
    (authorization === undefined
      ? params[`X-Amz-${name}`]
      : authorization
          .split(/[,\s]+/)
          .find((part) => part.startsWith(`${name}=`))
          ?.slice(name.length + 1)) ?? '';
  const scope = parameter('Credential').split('/').slice(1).join('/');
  const date = v4DateOf(request);
  if (scope.split('/').length !== 4 || !date.startsWith(scope.split('/')[0] ?? '-')) throw invalid();
  const names = parameter('SignedHeaders').split(';');
  const signedHeaders = names.flatMap((name) => {
    const sent = header(headers, name);
    const value = name === 'host' && sent !== undefined && host !== '' ? host : sent;
    return value === undefined ? [] : [`${name}:${value.trim()}`];
  });
  const { 'X-Amz-Signature': _, ...signed } = params;
  const canonical = [
    verb.toUpperCase(),
    path,
    // The parameters of a POST are its body.
    verb.toUpperCase() === 'POST' ? '' : canonicalQuery(signed),
    `${signedHeaders.join('\n')}\n`,
    names.join(';'),
    body_hash,
  ].join('\n');
  const digest = createHash('sha256').update(canonical).digest('hex');
  return hmac(v4Key(secret, scope), [V4, date, scope, digest].join('\n')).toString('hex');
}

function v4Key(secret: string, scope: string): Buffer {
  return scope.split('/').reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${secret}`));
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** Sorted by the bytes of the names. */
function canonicalQuery(params: Record<string, string>): string {
  return Object.entries(params)
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([name, value]) => `${percentEncoded(name)}=${percentEncoded(value)}`)
    .join('&');
}

function header(headers: Record<string, string>, name: string): string | undefined {
  return Object.entries(headers).find(([key]) => key.toLowerCase().trim() === name)?.[1];
}

function invalid(): UserError {
  return new UserError('unauthorized', 'Invalid EC2 signature.');
}
