import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestCloud } from '../../cloud.ts';
import { OpenStackSession } from '../testing/openstack-session.ts';

/** What people sign in with beside a password, made by the `openstack` command and used with it. */
let cloud: TestCloud;
let admin: OpenStackSession;
let ann: OpenStackSession;
let folder: string;
const anId = expect.stringMatching(/^[0-9a-f]{32}$/);
const run = promisify(execFile);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cumulet-clients-'));
  ({ cloud, openstack: admin } = await OpenStackSession.start());
  await admin.run('project create works');
  for (const name of ['ann', 'ben']) {
    await admin.run(`user create --password secret ${name}`);
    await admin.run(`role add --user ${name} --project works member`);
  }
  ann = admin.as({ OS_USERNAME: 'ann', OS_PASSWORD: 'secret', OS_PROJECT_NAME: 'works' });
});
afterAll(async () => {
  await admin?.close();
  await cloud?.close();
  await rm(folder, { recursive: true, force: true });
});

/** With nothing of a password or a project. */
function bare(session: OpenStackSession, variables: Record<string, string>): OpenStackSession {
  return session.as({
    OS_USERNAME: null,
    OS_PASSWORD: null,
    OS_USER_DOMAIN_NAME: null,
    OS_PROJECT_NAME: null,
    OS_PROJECT_DOMAIN_NAME: null,
    ...variables,
  });
}

test('credential', async () => {
  const made = await admin.json('credential create --type cert --project works ann certificate');
  expect(made).toEqual({ id: anId, type: 'cert', user_id: anId, project_id: anId, blob: 'certificate' });
  const row = { ID: made.id, Type: 'cert', 'User ID': made.user_id, 'Project ID': made.project_id };
  expect(await admin.json('credential list --user ann --type cert')).toEqual([{ ...row, Data: 'certificate' }]);
  const changes = '--type paper --data other --project works';
  await admin.run(`credential set --user ann ${changes} ${made.id}`);
  expect(await admin.json(`credential show ${made.id}`)).toMatchObject({ type: 'paper', blob: 'other' });
  await admin.run(`credential delete ${made.id}`);
  expect(await admin.json('credential list --user ann')).toEqual([]);
});

test('application credential: with roles, with access rules, restricted or not', async () => {
  const rules = join(folder, 'rules.json');
  await writeFile(rules, JSON.stringify([{ service: 'identity', method: 'GET', path: '/v3/users/*' }]));
  const made = await ann.json(
    `application credential create --role reader --expiration 2100-01-01T00:00:00 --description d --access-rules ${rules} ruled`,
  );
  expect(made).toMatchObject({
    id: anId,
    name: 'ruled',
    description: 'd',
    expires_at: '2100-01-01T00:00:00.000000',
    project_id: anId,
    user_id: anId,
    roles: 'reader',
    unrestricted: false,
    access_rules: [{ id: anId, service: 'identity', method: 'GET', path: '/v3/users/*' }],
  });
  const by = (id: string, secret: string) =>
    bare(ann, {
      OS_AUTH_TYPE: 'v3applicationcredential',
      OS_APPLICATION_CREDENTIAL_ID: id,
      OS_APPLICATION_CREDENTIAL_SECRET: secret,
    });
  const ruled = by(made.id, made.secret);
  expect(await ruled.json('token issue')).toMatchObject({ project_id: made.project_id, user_id: made.user_id });
  expect(await ruled.json(`user show ${made.user_id}`)).toMatchObject({ name: 'ann' });
  expect(await ruled.refusal('network list')).toMatch(/401/);
  expect(await by(made.id, 'wrong').refusal('token issue')).toMatch(/HTTP 401/);

  const [rule] = await ann.json('access rule list');
  expect(rule).toEqual({ ID: anId, Service: 'identity', Method: 'GET', Path: '/v3/users/*' });
  expect(await ann.json(`access rule show ${rule.ID}`)).toMatchObject({ path: '/v3/users/*' });
  expect(await ann.refusal(`access rule delete ${rule.ID}`)).toMatch(/HTTP 403/);

  const free = await ann.json('application credential create --unrestricted --secret own free');
  expect(free).toMatchObject({ secret: 'own', unrestricted: true, roles: 'member reader', expires_at: null });
  await by(free.id, 'own').run('application credential create made-by-it');
  expect(await by(free.id, 'own').refusal('application credential create --role admin more')).toMatch(/HTTP 40/);
  const tied = await ann.json('application credential create tied');
  expect(await by(tied.id, tied.secret).refusal('application credential create more')).toMatch(/HTTP 403/);
  const byName = bare(ann, {
    OS_AUTH_TYPE: 'v3applicationcredential',
    OS_USERNAME: 'ann',
    OS_USER_DOMAIN_NAME: 'Default',
    OS_APPLICATION_CREDENTIAL_NAME: 'tied',
    OS_APPLICATION_CREDENTIAL_SECRET: tied.secret,
  });
  await byName.run('token issue');

  expect(await ann.json('application credential list')).toHaveLength(4);
  await ann.run('application credential delete ruled free tied made-by-it');
  await ann.run(`access rule delete ${rule.ID}`);
  expect(await ruled.refusal('token issue')).toMatch(/HTTP 40/);
  expect([...(await ann.json('application credential list')), ...(await ann.json('access rule list'))]).toEqual([]);
});

test('trust, and signing in with it', async () => {
  // Who may not look up names writes ids.
  const idOf = async (thing: string, name: string) => (await admin.json(`${thing} show ${name}`)).id;
  const [who, whom, project] = [await idOf('user', 'ann'), await idOf('user', 'ben'), await idOf('project', 'works')];
  const delegate = async (role: string) =>
    `trust create --project ${project} --role ${await idOf('role', role)} --impersonate ${who} ${whom}`;
  const made = await ann.json(`${await delegate('member')} --expiration 2100-01-01T00:00:00`);
  expect(made).toMatchObject({ id: anId, impersonation: true, roles: 'member', deleted_at: null });
  expect(made.expires_at).toMatch(/^2100-01-01T00:00:00\.000000Z$/);
  const ben = admin.as({
    OS_USERNAME: 'ben',
    OS_PASSWORD: 'secret',
    OS_PROJECT_NAME: null,
    OS_PROJECT_DOMAIN_NAME: null,
    OS_TRUST_ID: made.id,
  });
  expect(await ben.json('token issue')).toMatchObject({
    user_id: made.trustor_user_id,
    project_id: made.project_id,
  });
  expect(await ben.json(`trust show ${made.id}`)).toMatchObject({ id: made.id, roles: 'member' });
  expect(await admin.json('trust list')).toMatchObject([{ ID: made.id, Impersonation: true }]);
  expect(await ann.refusal(await delegate('admin'))).toMatch(/HTTP 40/);
  await ann.run(`trust delete ${made.id}`);
  expect(await ben.refusal('token issue')).toMatch(/HTTP 40/);
});

test('EC2 credentials, and tokens for what the AWS library signs with them', async () => {
  const made = await ann.json('ec2 credentials create');
  expect(made).toMatchObject({ access: anId, secret: anId, project_id: anId, user_id: anId, trust_id: null });
  expect(await ann.json('ec2 credentials list')).toEqual([
    { Access: made.access, Secret: made.secret, 'Project ID': made.project_id, 'User ID': made.user_id },
  ]);
  expect(await ann.json(`ec2 credentials show ${made.access}`)).toMatchObject({ secret: made.secret });
  await admin.run('ec2 credentials create --user ben --project works');
  expect(await admin.json('ec2 credentials list --user ben')).toHaveLength(1);
  expect(await ann.refusal('ec2 credentials list --user ben')).toMatch(/HTTP 403|No user/);

  const script = fileURLToPath(new URL('../testing/aws-signatures.py', import.meta.url));
  const { stdout } = await run('/usr/bin/python3', [script, made.access, made.secret]);
  const signed: Record<string, { path: string; credentials: object }> = JSON.parse(stdout);
  expect(Object.keys(signed)).toEqual(['EC2 v2', 'EC2 v4', 'EC2 v4 in the query', 'S3 v1', 'S3 v4']);
  for (const [kind, { path, credentials }] of Object.entries(signed)) {
    const right = await cloud.request('POST', `/identity/v3/${path}`, { credentials });
    expect([kind, right.status, right.body.token?.user.name]).toEqual([kind, 200, 'ann']);
    expect(right.body.token.project.name).toBe('works');
    const wrong = { ...credentials, access: (await admin.json('ec2 credentials list --user ben'))[0].Access };
    const refused = await cloud.request('POST', `/identity/v3/${path}`, { credentials: wrong });
    expect([kind, refused.status]).toEqual([kind, 401]);
  }
  await ann.run(`ec2 credentials delete ${made.access}`);
  expect(await ann.json('ec2 credentials list')).toEqual([]);
});

test('OAuth 1: consumer, request token, access token, and signing in with it', async () => {
  const consumer = await admin.json('consumer create --description app');
  expect(consumer).toEqual({ id: anId, description: 'app', secret: expect.stringMatching(/^[0-9a-f]+$/) });
  await admin.run(`consumer set --description "the app" ${consumer.id}`);
  expect(await admin.json(`consumer show ${consumer.id}`)).toEqual({ id: consumer.id, description: 'the app' });
  expect(await admin.json('consumer list')).toEqual([{ ID: consumer.id, Description: 'the app' }]);

  await admin.run('role add --user admin --project works member');
  const keys = `--consumer-key ${consumer.id} --consumer-secret ${consumer.secret}`;
  const asked = await admin.json(`request token create ${keys} --project works`);
  expect(asked).toMatchObject({ id: anId, key: anId, secret: expect.any(String), expires: expect.any(String) });
  const wrong = `--consumer-key ${consumer.id} --consumer-secret wrong`;
  expect(await admin.refusal(`request token create ${wrong} --project works`)).toMatch(/HTTP 401/);
  const { oauth_verifier } = await admin.json(`request token authorize --request-key ${asked.key} --role member`);
  const request = `--request-key ${asked.key} --request-secret ${asked.secret}`;
  expect(await admin.refusal(`access token create ${keys} ${request} --verifier wrong`)).toMatch(/HTTP 40/);
  const token = await admin.json(`access token create ${keys} ${request} --verifier ${oauth_verifier}`);
  expect(token).toMatchObject({ key: anId, secret: expect.any(String) });

  const app = bare(admin, {
    OS_AUTH_TYPE: 'v3oauth1',
    OS_CONSUMER_KEY: consumer.id,
    OS_CONSUMER_SECRET: consumer.secret,
    OS_ACCESS_KEY: token.key,
    OS_ACCESS_SECRET: token.secret,
  });
  const project = await admin.json('project show works');
  expect(await app.json('token issue')).toMatchObject({ project_id: project.id });
  expect(await app.json('network list')).toMatchObject([{ Name: 'default' }]);
  expect(await app.refusal('user create more')).toMatch(/HTTP 403/);
  await admin.run(`consumer delete ${consumer.id}`);
  expect(await app.refusal('token issue')).toMatch(/HTTP 40/);
});
