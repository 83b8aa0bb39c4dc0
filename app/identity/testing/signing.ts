import { createHash, createHmac, randomUUID } from 'node:crypto';

export interface KeyPair {
  id: string;
  secret: string;
}
export interface OAuthSigned {
  consumer: KeyPair;
  token?: KeyPair;
  more?: Record<string, string>;
  url?: string;
}

/** `Authorization` of a POST below `/identity`, signed as RFC 5849 says. */
export function oauthHeader(path: string, signed: OAuthSigned & { clock: number }): string {
  const { clock, consumer, token, more, url = `http://localhost/identity${path}` } = signed;
  const members: Record<string, string> = {
    oauth_consumer_key: consumer.id,
    oauth_nonce: randomUUID(),
    oauth_signature_method: 'HMAC-SHA1',
    oauth_timestamp: String(Math.floor(clock / 1000)),
    ...(token && { oauth_token: token.id }),
    ...more,
  };
  const names = Object.keys(members).sort();
  const pairs = names.map((name) => `${name}=${encodeURIComponent(members[name] ?? '')}`);
  const text = ['POST', url, pairs.join('&')].map(encodeURIComponent).join('&');
  const signature = createHmac('sha1', `${consumer.secret}&${token?.secret ?? ''}`)
    .update(text)
    .digest('base64');
  const all = Object.entries({ ...members, oauth_signature: signature });
  return `OAuth ${all.map(([name, value]) => `${name}="${encodeURIComponent(value)}"`).join(', ')}`;
}

export interface Ec2Keys {
  access: string;
  secret: string;
}

/** What a service shows of a request signed by version 2, whose parameters are all signed. */
export function ec2SignedByVersion2({ access, secret }: Ec2Keys, time: number) {
  const params = { SignatureMethod: 'HmacSHA256', SignatureVersion: '2', Timestamp: new Date(time).toISOString() };
  const query = Object.entries(params).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  const signature = createHmac('sha256', secret)
    .update(`GET\nhost\n/\n${query.join('&')}`)
    .digest('base64');
  return { access, signature, host: 'host', verb: 'GET', path: '/', params };
}

/** The same of a POST signed by version 4: its parameters are its body, of which only the hash is signed. */
export function ec2SignedByVersion4({ access, secret }: Ec2Keys, time: number) {
  const date = new Date(time).toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${date.slice(0, 8)}/region/ec2/aws4_request`;
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const body_hash = sha256('Action=DescribeZones');
  const canonical = `POST\n/\n\nhost:host\nx-amz-date:${date}\n\nhost;x-amz-date\n${body_hash}`;
  const key = scope.split('/').reduce(hmac, Buffer.from(`AWS4${secret}`));
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`).toString('hex');
  const Authorization = `AWS4-HMAC-SHA256 Credential=${access}/${scope}, SignedHeaders=host;x-amz-date, Signature=${signature}`;
  const headers = { Host: 'host', 'X-Amz-Date': date, Authorization };
  return { access, signature, host: 'host', verb: 'POST', path: '/', params: {}, headers, body_hash };
}
