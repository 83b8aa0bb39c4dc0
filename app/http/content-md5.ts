import { UserError } from '../contract/errors.ts';

const FIELD = 'content-md5';

/**
 * The hash a request says its body has, in hexadecimal; undefined where it says none. RFC 1864 writes it in base64; as
 * hexadecimal it is what images are downloaded with.
 */
export function contentMd5(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header === 'string' && /^[0-9a-f]{32}$/i.test(header)) return header.toLowerCase();
  if (typeof header === 'string' && /^[A-Za-z0-9+/]{22}==$/.test(header)) {
    return Buffer.from(header, 'base64').toString('hex');
  }
  throw new UserError('bad_request', 'The Content-MD5 of the request is no MD5.', { field: FIELD });
}

/** Refuses a body that is not the one it is said to be. */
export function requireMd5(said: string | undefined, found: string): void {
  if (said === undefined || said === found) return;
  throw new UserError('bad_request', `The Content-MD5 of the request is ${said}, and that of its body ${found}.`, {
    field: FIELD,
    hint: 'The body was changed on its way, or belongs to another request. Send it again.',
  });
}
