import { afterAll, beforeAll, expect, test } from 'vitest';
import { IdentityFixture } from '../testing/identity.fixture.ts';

const FORM = 'application/x-www-form-urlencoded';
let cloud: IdentityFixture;
let credential: { id: string; secret: string; project_id: string };
beforeAll(async () => {
  cloud = await IdentityFixture.open();
  const { token } = (await cloud.send('GET', '/v3/auth/tokens', { headers: { 'x-subject-token': cloud.admin } })).body;
  const path = `/v3/users/${token.user.id}/application_credentials`;
  const body = { application_credential: { name: 'robot', roles: [{ name: 'reader' }] } };
  credential = (await cloud.call('POST', path, body)).application_credential;
});
afterAll(async () => await cloud.close());

async function ask(form: Record<string, string> | string, headers: object = {}) {
  const response = await cloud.edge.fastify.inject({
    method: 'POST',
    url: '/identity/v3/OS-OAUTH2/token',
    headers: { 'content-type': FORM, ...headers },
    payload: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
  });
  return { status: response.statusCode, headers: response.headers, body: response.json() };
}
const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});
const grant_type = 'client_credentials';

test('an application credential gives a token, by Basic authorization or in the form', async () => {
  const { id, secret } = credential;
  for (const answer of [
    await ask({ grant_type }, basic(id, secret)),
    await ask({ grant_type, client_id: id, client_secret: secret }),
  ]) {
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    const { access_token: token } = answer.body;
    expect(answer.body).toEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: 12 * 3600 });
    const shown = await cloud.send('GET', '/v3/auth/tokens', { token, headers: { 'x-subject-token': token } });
    expect(shown.body.token).toMatchObject({
      methods: ['application_credential'],
      project: { id: credential.project_id },
      roles: [{ name: 'reader' }],
      application_credential: { id, restricted: true },
    });
  }
});

test('what is refused is told as OAuth 2 tells it', async () => {
  const { id, secret } = credential;
  const wrong: [Awaited<ReturnType<typeof ask>>, number, string][] = [
    [await ask({}), 400, 'invalid_request'],
    [await ask({ grant_type: 'password' }), 400, 'unsupported_grant_type'],
    [await ask({ grant_type }), 401, 'invalid_client'],
    [await ask({ grant_type }, basic(id, 'other')), 401, 'invalid_client'],
    [await ask({ grant_type }, basic('none', secret)), 401, 'invalid_client'],
    [await ask({ grant_type, client_id: id }), 401, 'invalid_client'],
    [await ask(JSON.stringify({ grant_type }), { 'content-type': 'application/json' }), 400, 'invalid_request'],
  ];
  for (const [{ status, body }, code, error] of wrong) {
    expect([status, body]).toEqual([code, { error, error_description: expect.any(String) }]);
  }
  expect((await ask('grant_type=client_credentials&grant_type=password')).status).toBe(400);
  expect((await cloud.send('GET', '/v3/OS-OAUTH2/token')).status).toBe(405);
});

test('a form is taken by those routes only that ask for one', async () => {
  const response = await cloud.edge.fastify.inject({
    method: 'POST',
    url: '/identity/v3/projects',
    headers: { 'content-type': FORM, 'x-auth-token': cloud.admin },
    payload: 'name=x',
  });
  expect(response.statusCode).toBe(415);
});
