import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { identitySettingsSchema } from '../../../app/identity/identity.settings.ts';
import type { TestCloud } from '../../cloud.ts';
import { OpenStackSession } from '../testing/openstack-session.ts';

/** The ways in and the scopes of the `openstack` command, and what it says to whoever may not. */
let cloud: TestCloud;
let admin: OpenStackSession;
let ann: OpenStackSession;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cumulet-clients-'));
  // Codes stay good for so long that no pause of the computer makes one too old.
  const identity = identitySettingsSchema.parse({ totp: { included_previous_windows: 10 } });
  ({ cloud, openstack: admin } = await OpenStackSession.start({ identity }));
  await admin.run('project create works');
  await admin.run('user create --password secret ann');
  await admin.run('role add --user ann --project works reader');
  ann = admin.as({ OS_USERNAME: 'ann', OS_PASSWORD: 'secret', OS_PROJECT_NAME: 'works' });
});
afterAll(async () => {
  await admin?.close();
  await cloud?.close();
  await rm(folder, { recursive: true, force: true });
});

const noProject = { OS_PROJECT_NAME: null, OS_PROJECT_DOMAIN_NAME: null };
const noPassword = { OS_USERNAME: null, OS_USER_DOMAIN_NAME: null, OS_PASSWORD: null };

test('a process of its own: token issue, and revoke ends it', async () => {
  const token = await cloud.openstack('token', 'issue', '-f', 'json');
  const ask = async () =>
    await fetch(`${cloud.url}/identity/v3/auth/projects`, { headers: { 'x-auth-token': token.id } });
  expect(await (await ask()).json()).toMatchObject({ projects: [{ id: token.project_id, name: 'admin' }] });
  await cloud.openstack('token', 'revoke', token.id);
  expect((await ask()).status).toBe(401);
});

test('scopes: project, domain, system and none', async () => {
  await admin.run('role add --user ann --domain Default reader');
  await admin.run('role add --user ann --system all reader');
  const issued = async (variables: Record<string, string | null>) => {
    const { id: _, expires: __, user_id, ...scope } = await ann.as(variables).json('token issue');
    expect(user_id).toMatch(/^[0-9a-f]{32}$/);
    return scope;
  };
  const { id } = await admin.json('project show works');
  expect(await issued({})).toEqual({ project_id: id });
  expect(await issued({ ...noProject, OS_PROJECT_ID: id })).toEqual({ project_id: id });
  expect(await issued({ ...noProject, OS_DOMAIN_NAME: 'Default' })).toEqual({ domain_id: 'default' });
  expect(await issued({ ...noProject, OS_DOMAIN_ID: 'default' })).toEqual({ domain_id: 'default' });
  expect(await issued({ ...noProject, OS_SYSTEM_SCOPE: 'all' })).toEqual({ system: 'all' });
  expect(await issued(noProject)).toEqual({});
  expect(await ann.as(noProject).json('federation project list')).toMatchObject([{ Name: 'works' }]);
  expect(await ann.as(noProject).json('federation domain list')).toMatchObject([{ Name: 'Default' }]);
  const system = ann.as({ ...noProject, OS_SYSTEM_SCOPE: 'all' });
  expect(await system.json('role list')).toHaveLength(5);
  expect(await system.refusal('role create more')).toMatch(/HTTP 403/);
});

test('a token for another scope', async () => {
  const { id: token, user_id } = await ann.as(noProject).json('token issue');
  const byToken = ann.as({ ...noPassword, OS_AUTH_TYPE: 'v3token', OS_TOKEN: token });
  expect(await byToken.json('token issue')).toMatchObject({ user_id, project_id: expect.any(String) });
  expect(await byToken.as({ OS_PROJECT_NAME: 'admin' }).refusal('token issue')).toMatch(/HTTP 401/);
  await ann.run(`token revoke ${token}`);
  expect(await byToken.refusal('token issue')).toMatch(/HTTP 40/);
});

test('one-time passwords, alone and as the second factor', async () => {
  // One code is good once and for half a minute at least, so each sign-in below has a secret of its own.
  const [alone, second] = ['GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', 'MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK'].map(
    (secret) => new TOTP({ secret: Secret.fromBase32(secret), period: 30, digits: 6 }),
  ) as [TOTP, TOTP];
  await admin.run('user create --password secret cleo');
  await admin.run('role add --user cleo --project works reader');
  for (const { secret } of [alone, second]) await admin.run(`credential create --type totp cleo ${secret.base32}`);
  const cleo = admin.as({ OS_USERNAME: 'cleo', OS_PROJECT_NAME: 'works', OS_PASSWORD: null });
  const byCode = (code: string) => cleo.as({ OS_AUTH_TYPE: 'v3totp', OS_PASSCODE: code });
  // A second factor alone is enough only where an administrator said so.
  expect(await byCode(alone.generate({ timestamp: Date.now() - 60_000 })).refusal('token issue')).toMatch(/HTTP 401/);
  await admin.run('user set --enable-multi-factor-auth --multi-factor-auth-rule totp cleo');
  expect(await byCode('000000').refusal('token issue')).toMatch(/HTTP 401/);
  const code = alone.generate();
  await byCode(code).run('token issue');
  expect(await byCode(code).refusal('token issue')).toMatch(/HTTP 401/);

  await admin.run('user set --enable-multi-factor-auth --multi-factor-auth-rule password,totp cleo');
  const onlyPassword = cleo.as({ OS_AUTH_TYPE: 'v3password', OS_PASSWORD: 'secret' });
  expect(await onlyPassword.refusal('token issue')).toMatch(
    /Not all required auth rules were satisfied: \[\['password', 'totp'\]\]/,
  );
  const auth = {
    auth_url: `${cloud.url}/identity/v3`,
    username: 'cleo',
    user_domain_name: 'Default',
    password: 'secret',
    passcode: second.generate(),
    project_name: 'works',
    project_domain_name: 'Default',
  };
  const clouds = join(folder, 'clouds.json');
  const both = { auth_type: 'v3multifactor', auth_methods: ['v3password', 'v3totp'], auth };
  await writeFile(clouds, JSON.stringify({ clouds: { both } }));
  const empty = Object.fromEntries(
    ['AUTH_URL', 'USERNAME', 'PASSWORD', 'USER_DOMAIN_NAME', 'PROJECT_NAME', 'PROJECT_DOMAIN_NAME'].map((name) => [
      `OS_${name}`,
      null,
    ]),
  );
  const byBoth = cleo.as({ ...empty, OS_CLIENT_CONFIG_FILE: clouds, OS_CLOUD: 'both' });
  expect(await byBoth.json('token issue')).toMatchObject({ project_id: expect.any(String) });
});

test('who is not let in', async () => {
  const unauthorized = /^The request you have made requires authentication\. \(HTTP 401\)/;
  expect(await ann.as({ OS_PASSWORD: 'wrong' }).refusal('token issue')).toMatch(unauthorized);
  expect(await ann.as({ OS_USERNAME: 'nobody' }).refusal('token issue')).toMatch(unauthorized);
  expect(await ann.as({ OS_PROJECT_NAME: 'none' }).refusal('token issue')).toMatch(unauthorized);
  expect(await ann.as({ OS_PROJECT_NAME: 'admin' }).refusal('token issue')).toMatch(unauthorized);
  await admin.run('project set --disable works');
  expect(await ann.refusal('token issue')).toMatch(unauthorized);
  await admin.run('project set --enable works');
  await ann.run('token issue');
  await admin.run('user set --disable ann');
  expect(await ann.refusal('token issue')).toMatch(unauthorized);
  await admin.run('user set --enable ann');
});

test('what a reader is refused, by the name of the rule', async () => {
  const admins = await admin.json('user show admin');
  const refused: [string, string][] = [
    ['domain create more', 'create_domain'],
    ['project create more', 'create_project'],
    ['user create more', 'create_user'],
    ['group create more', 'create_group'],
    ['role create more', 'create_role'],
    [`role add --user ${admins.id} --project works member`, ''],
    ['region create more', 'create_region'],
    ['service create more', 'create_service'],
    ['consumer create', 'create_consumer'],
    ['identity provider create more', 'create_identity_provider'],
    ['service provider create --auth-url http://a.example --service-provider-url http://a.example more', ''],
    ['role assignment list', 'list_role_assignments'],
    ['user list', 'list_users'],
    [`user show ${admins.id}`, ''],
    ['project show admin', ''],
  ];
  for (const [command, rule] of refused) {
    const said = await ann.refusal(command);
    expect([command, said]).toEqual([
      command,
      expect.stringMatching(new RegExp(`not authorized to perform the requested action: identity:${rule}.*HTTP 403`)),
    ]);
  }
  expect(await ann.refusal('flavor create --ram 1 --disk 1 --vcpus 1 more')).toMatch(/403.*os-flavor-manage:create/);
  expect(await ann.json('project list --my-projects')).toMatchObject([{ Name: 'works' }]);
});
