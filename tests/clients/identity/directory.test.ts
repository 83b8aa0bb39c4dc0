import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestCloud } from '../../cloud.ts';
import { OpenStackSession } from '../testing/openstack-session.ts';

/** Domains, projects, users and groups by the `openstack` command. */
let cloud: TestCloud;
let openstack: OpenStackSession;
const anId = expect.stringMatching(/^[0-9a-f]{32}$/);

beforeAll(async () => {
  ({ cloud, openstack } = await OpenStackSession.start());
});
afterAll(async () => {
  await openstack?.close();
  await cloud?.close();
});

test('domain', async () => {
  const made = await openstack.json('domain create --description "of the works" works');
  expect(made).toEqual({ id: anId, name: 'works', description: 'of the works', enabled: true, options: {}, tags: [] });
  expect(await openstack.json('domain create --or-show works')).toEqual(made);
  expect(await openstack.refusal('domain create works')).toMatch(/HTTP 409/);
  expect(await openstack.refusal('domain delete works')).toMatch(/please disable it first\. \(HTTP 403\)/);
  await openstack.run('domain set --name plant --description closed --disable works');
  expect(await openstack.json('domain show plant')).toEqual({
    ...made,
    name: 'plant',
    description: 'closed',
    enabled: false,
  });
  expect(await openstack.json('domain list --enabled')).toEqual([
    { ID: 'default', Name: 'Default', Enabled: true, Description: 'The default domain' },
  ]);
  expect(await openstack.json('domain list --name plant')).toMatchObject([{ ID: made.id }]);
  await openstack.run('domain delete plant');
  expect(await openstack.refusal('domain show plant')).toBe("No domain with a name or ID of 'plant' exists.");
});

test('project: attributes, tags, tree', async () => {
  await openstack.run('domain create tree');
  const properties = '--property color=blue --property size=9';
  const made = await openstack.json(`project create --domain tree --description top ${properties} --tag a --tag b top`);
  expect(made).toMatchObject({ id: anId, description: 'top', color: 'blue', size: '9', tags: ['a', 'b'] });
  const inner = await openstack.json('project create --domain tree --parent top inner');
  expect(inner).toMatchObject({ parent_id: made.id, domain_id: made.domain_id, is_domain: false, tags: [] });
  expect(await openstack.json('project create --domain tree --or-show top')).toEqual(made);

  const shown = await openstack.json('project show --domain tree --parents --children top');
  expect(shown).toEqual({ ...made, parents: { [made.domain_id]: null }, subtree: { [inner.id]: null } });
  expect(await openstack.json('project show --domain tree --parents inner')).toMatchObject({
    parents: { [made.id]: { [made.domain_id]: null } },
  });

  await openstack.run('project set --domain tree --tag c --property color=red --name first top');
  expect(await openstack.json('project show --domain tree first')).toMatchObject({
    tags: ['a', 'b', 'c'],
    color: 'red',
  });
  await openstack.run('project set --domain tree --remove-tag a first');
  const names = async (filter: string) =>
    (await openstack.json(`project list --domain tree ${filter}`)).map(({ Name }: { Name: string }) => Name);
  expect(await names('--sort name:desc')).toEqual(['inner', 'first']);
  expect(await names('--tags b,c')).toEqual(['first']);
  expect(await names('--tags b,x')).toEqual([]);
  expect(await names('--tags-any c,x')).toEqual(['first']);
  expect(await names('--not-tags b,c')).toEqual(['inner']);
  expect(await names('--not-tags-any x,c')).toEqual(['inner']);
  expect(await names('--parent first')).toEqual(['inner']);
  expect(await openstack.json('project list --domain tree --long --sort name:asc')).toEqual([
    { ID: made.id, Name: 'first', 'Domain ID': made.domain_id, Description: 'top', Enabled: true },
    { ID: inner.id, Name: 'inner', 'Domain ID': made.domain_id, Description: '', Enabled: true },
  ]);
  expect(await openstack.refusal('project set --disable first')).toMatch(/subtree contains enabled.*HTTP 403/);
  await openstack.run('project set --disable inner');
  await openstack.run('project set --domain tree --clear-tags --disable first');
  expect(await openstack.json('project show --domain tree first')).toMatchObject({ tags: [], enabled: false });

  expect(await openstack.refusal('project delete --domain tree first')).toMatch(/not a leaf.*HTTP 403/s);
  await openstack.run('project delete --domain tree inner first');
  expect(await names('')).toEqual([]);
});

test('project: what is immutable stays', async () => {
  expect(await openstack.json('project create --immutable frozen')).toMatchObject({ options: { immutable: true } });
  expect(await openstack.refusal('project delete frozen')).toMatch(/immutable.*HTTP 403/s);
  expect(await openstack.refusal('project set --name thawed frozen')).toMatch(/immutable.*HTTP 403/s);
  await openstack.run('project set --no-immutable frozen');
  await openstack.run('project delete frozen');
});

test('user: attributes and options', async () => {
  await openstack.run('project create --or-show home');
  const flags = '--ignore-lockout-failure-attempts --ignore-password-expiry --ignore-change-password-upon-first-use';
  const rules = '--enable-multi-factor-auth --multi-factor-auth-rule password,totp --multi-factor-auth-rule password';
  const alice = await openstack.json(
    `user create --project home --password secret --email a@a.example --description "a person" ${flags} ${rules} alice`,
  );
  expect(alice).toMatchObject({
    id: anId,
    default_project_id: anId,
    domain_id: 'default',
    email: 'a@a.example',
    description: 'a person',
    enabled: true,
    password_expires_at: null,
    options: {
      ignore_lockout_failure_attempts: true,
      ignore_password_expiry: true,
      ignore_change_password_upon_first_use: true,
      multi_factor_auth_enabled: true,
      multi_factor_auth_rules: [['password', 'totp'], ['password']],
    },
  });
  expect(await openstack.json('user create --or-show alice')).toEqual(alice);
  const off = '--no-ignore-lockout-failure-attempts --disable-multi-factor-auth --enable-lock-password';
  await openstack.run(`user set ${off} --name alicia --email b@a.example --disable alice`);
  const shown = await openstack.json('user show alicia');
  expect(shown).toMatchObject({ id: alice.id, name: 'alicia', email: 'b@a.example', enabled: false });
  expect(shown.options).toMatchObject({
    ignore_lockout_failure_attempts: false,
    ignore_password_expiry: true,
    multi_factor_auth_enabled: false,
    lock_password: true,
  });
  const listed = (await openstack.json('user list --long')).find(({ Name }: { Name: string }) => Name === 'alicia');
  expect(listed).toEqual({
    ID: alice.id,
    Name: 'alicia',
    Project: alice.default_project_id,
    Domain: 'default',
    Description: 'a person',
    Email: 'b@a.example',
    Enabled: false,
  });
  await openstack.run('user delete alicia');
  expect(await openstack.refusal('user show alicia')).toBe("No user with a name or ID of 'alicia' exists.");
});

test('user: passwords, set by the administrator and by its owner', async () => {
  await openstack.run('project create --or-show home');
  await openstack.run('user create --password first bob');
  await openstack.run('role add --user bob --project home member');
  const bob = (password: string) =>
    openstack.as({ OS_USERNAME: 'bob', OS_PASSWORD: password, OS_PROJECT_NAME: 'home' });
  await openstack.run('user set --password second bob');
  expect(await bob('first').refusal('token issue')).toMatch(/HTTP 401/);
  const wrong = await bob('second').refusal('user password set --original-password other --password third');
  expect(wrong).toMatch(/HTTP 401/);
  await bob('second').run('user password set --original-password second --password third');
  expect(await bob('second').refusal('token issue')).toMatch(/HTTP 401/);
  await bob('third').run('token issue');
  await openstack.run('user set --enable-lock-password bob');
  expect(await bob('third').refusal('user password set --original-password third --password x')).toMatch(/HTTP 40[03]/);
});

test('group and its members', async () => {
  await openstack.run('domain create clubs');
  await openstack.run('user create --domain clubs carol');
  const group = await openstack.json('group create --domain clubs --description players chess');
  expect(group).toEqual({ id: anId, name: 'chess', description: 'players', domain_id: anId });
  expect(await openstack.json('group create --domain clubs --or-show chess')).toEqual(group);
  expect(await openstack.refusal('group create --domain clubs chess')).toMatch(/HTTP 409/);
  const membership = '--group-domain clubs --user-domain clubs chess carol';
  await openstack.run(`group add user ${membership}`);
  expect(await openstack.run(`group contains user ${membership}`)).toBe('carol in group chess\n');
  expect(await openstack.json('user list --domain clubs --group chess')).toEqual([{ ID: anId, Name: 'carol' }]);
  expect(await openstack.json('group list --domain clubs --user carol --user-domain clubs --long')).toEqual([
    { ID: group.id, Name: 'chess', 'Domain ID': group.domain_id, Description: 'players' },
  ]);
  await openstack.run(`group remove user ${membership}`);
  expect(await openstack.json('user list --domain clubs --group chess')).toEqual([]);
  await openstack.run('group set --domain clubs --name go --description stones chess');
  expect(await openstack.json('group show --domain clubs go')).toMatchObject({ id: group.id, description: 'stones' });
  await openstack.run('group delete --domain clubs go');
  expect(await openstack.json('group list --domain clubs')).toEqual([]);
});
