import { expect, test } from 'vitest';
import { isSignatureRight, type OAuthRequest, oauthParameters } from './oauth-signature.ts';

/** The last request of RFC 5849, section 1.2. */
const SIGNED_AT = 137_131_202_000;
const SECRETS = { consumer: 'kd94hf93k423kf44', token: 'pfkkdhi9sl3r4s00' };
const MEMBERS: Record<string, string> = {
  realm: 'Photos',
  oauth_consumer_key: 'dpf43f3p2l4k3l03',
  oauth_token: 'nnch734d00sl2jdk',
  oauth_signature_method: 'HMAC-SHA1',
  oauth_timestamp: '137131202',
  oauth_nonce: 'chapoH',
  oauth_signature: 'MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D',
};
function request(changes: Record<string, string | undefined> = {}): OAuthRequest {
  const members = Object.entries({ ...MEMBERS, ...changes }).filter(([, value]) => value !== undefined);
  const authorization = `OAuth ${members.map(([name, value]) => `${name}="${value}"`).join(',\r\n ')}`;
  return { method: 'GET', url: 'http://photos.example.net/photos?file=vacation.jpg&size=original', authorization };
}
const check = (sent: OAuthRequest, secrets = SECRETS) =>
  isSignatureRight(sent, oauthParameters(sent, SIGNED_AT), secrets);

test('the signature is that of the RFC, over method, address, query and members', () => {
  const sent = request();
  expect(check(sent)).toBe(true);
  expect(check({ ...sent, url: 'HTTP://Photos.Example.net:80/photos?size=original&file=vacation.jpg' })).toBe(true);
  expect(check(request({ realm: undefined }))).toBe(true);
  const wrong: OAuthRequest[] = [
    { ...sent, method: 'POST' },
    { ...sent, url: sent.url.replace('http:', 'https:') },
    { ...sent, url: sent.url.replace('photos?', 'photo?') },
    { ...sent, url: `${sent.url}&more=1` },
    request({ oauth_nonce: 'other' }),
    request({ oauth_signature: 'MdpQcU8i' }),
  ];
  for (const each of wrong) expect([each, check(each)]).toEqual([each, false]);
  expect(check(sent, { ...SECRETS, token: 'other' })).toBe(false);
  expect(check(sent, { ...SECRETS, consumer: 'other' })).toBe(false);
});

test("escaping and other hashes agree with Python's oauthlib, which clients of OpenStack sign with", () => {
  const url = 'https://example.net/v3?name=a%20b%2Bc&name=%E5%90%8D';
  const authorization =
    'OAuth oauth_consumer_key="key", oauth_nonce="n%20%2A", oauth_timestamp="137131202", ' +
    'oauth_signature_method="HMAC-SHA256", oauth_version="1.0", ' +
    'oauth_signature="0OHzljIKN%2B0%2B4chI79WiQnp%2BTZ5c7RHHVtVYu9QhSWA%3D"';
  const sent = { method: 'post', url, authorization };
  expect(isSignatureRight(sent, oauthParameters(sent, SIGNED_AT), { consumer: 'secret & more' })).toBe(true);
});

test.for<[string | undefined, string]>([
  [undefined, 'Authorization'],
  ['Bearer abc', 'Authorization'],
  ['OAuth', 'Authorization'],
  ['OAuth oauth_token=x', 'Authorization'],
  ['OAuth oauth_token="%zz"', 'Authorization'],
  [`OAuth oauth_token="${'x'.repeat(10_000)}"`, 'Authorization'],
  ['OAuth oauth_token="a", oauth_token="b"', 'oauth_token'],
  [request({ oauth_consumer_key: undefined }).authorization, 'oauth_consumer_key'],
  [request({ oauth_nonce: '' }).authorization, 'oauth_nonce'],
  [request({ oauth_version: '2.0' }).authorization, 'oauth_version'],
  [request({ oauth_signature_method: 'PLAINTEXT' }).authorization, 'oauth_signature_method'],
  [request({ oauth_signature_method: 'constructor' }).authorization, 'oauth_signature_method'],
  [request({ oauth_timestamp: 'now' }).authorization, 'oauth_timestamp'],
  [request({ oauth_timestamp: '137130601' }).authorization, 'oauth_timestamp'],
])('%s is refused for its %s', ([authorization, named]) => {
  expect(() => oauthParameters({ ...request(), authorization }, SIGNED_AT)).toThrow(named);
});
