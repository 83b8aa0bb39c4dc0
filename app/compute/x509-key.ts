import { X509Certificate } from 'node:crypto';
import { UserError } from '../contract/errors.ts';

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';

/**
 * A certificate in PEM form (RFC 7468) and its fingerprint: SHA-1 of its bytes, as Nova shows it. What is answered is the
 * certificate alone, whatever else the text held. 400 for anything else.
 */
export function parseCertificate(text: string): { publicKey: string; fingerprint: string } {
  const start = text.indexOf(BEGIN);
  const end = text.indexOf(END, start);
  if (start < 0 || end < 0) throw invalid('it holds no certificate in PEM form');
  if (text.indexOf(BEGIN, end) >= 0) throw invalid('it holds several certificates');
  try {
    const certificate = new X509Certificate(text.slice(start, end + END.length));
    return { publicKey: certificate.toString(), fingerprint: certificate.fingerprint.toLowerCase() };
  } catch {
    throw invalid('the certificate cannot be read');
  }
}

function invalid(reason: string): UserError {
  return new UserError('bad_request', `Keypair data is invalid: failed to generate X509 fingerprint: ${reason}.`, {
    field: 'keypair.public_key',
  });
}
