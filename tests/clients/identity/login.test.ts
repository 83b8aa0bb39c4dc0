import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { identitySettingsSchema } from '../../../app/identity/identity.settings.ts';
import { OpenIdProvider, ProviderBrowser } from '../../../app/identity/testing/openid-provider.ts';
import { clientEnvironment, repository, type TestCloud } from '../../cloud.ts';
import { OpenStackSession } from '../testing/openstack-session.ts';

/** `cumulet login`, run as a person would, and what `openstack` makes of what it prints. */
let provider: OpenIdProvider;
let others: OpenIdProvider[];
let cloud: TestCloud;
let openstack: OpenStackSession;
let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'cumulet-login-'));
  const callback = 'http://127.0.0.1:8774/v1/sign-in/oidc/callback';
  provider = await OpenIdProvider.start();
  others = [await OpenIdProvider.start(), await OpenIdProvider.start()];
  for (const each of [provider, ...others]) each.comeBackTo(callback);
  const client_secret = provider.secret;
  const remote = [{ type: 'sub' }, { type: 'preferred_username' }];
  const projects = [{ name: 'home of {0}', roles: [{ name: 'member' }] }];
  const mapping = { rules: [{ local: [{ user: { id: '{0}', name: '{1}' }, projects }], remote }] };
  const oidc = [
    { id: 'acme', issuer: provider.issuer, client_id: 'cumulet', client_secret, mapping },
    { id: 'brief', issuer: others[0]?.issuer, client_id: 'brief', client_secret, mapping },
    { id: 'strict', issuer: others[1]?.issuer, client_id: 'other', client_secret, mapping },
    { id: 'gone', issuer: 'http://127.0.0.1:1', client_id: 'cumulet', client_secret, mapping },
  ];
  ({ cloud, openstack } = await OpenStackSession.start({ identity: identitySettingsSchema.parse({ oidc }) }));
});
afterAll(async () => {
  await openstack?.close();
  await cloud?.close();
  for (const each of [provider, ...others]) each?.close();
  await rm(home, { recursive: true, force: true });
});

/** The command as a process; `onCode` plays the person who reads its first lines. */
async function login(
  args: string[],
  onCode: (uri: string, code: string) => Promise<unknown> = async () => {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [join(repository, 'bin', 'cumulet.mjs'), 'login', ...args], {
    env: { PATH: '/usr/bin:/bin', HOME: home, CUMULET_DATA_DIR: cloud.dataDir },
  });
  let [stdout, stderr] = ['', ''];
  let person: Promise<unknown> | undefined;
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
    const [, uri, code] = /^Open (\S+) and enter the code (\S+)\n/m.exec(stderr) ?? [];
    if (uri && code) person ??= onCode(uri, code);
  });
  const [code] = await once(child, 'close');
  await person;
  return { code, stdout, stderr };
}

/** What a POSIX shell that had the variables `before` has after `eval`. */
async function evaluated(script: string, before: Record<string, string>): Promise<Record<string, string>> {
  const child = spawn('/bin/sh', ['-c', 'eval "$SCRIPT"; env -0'], { env: { ...before, SCRIPT: script } });
  let output = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  await once(child, 'close');
  const pairs = output.split('\0').map((line): [string, string] => {
    const at = line.indexOf('=');
    return [line.slice(0, at), line.slice(at + 1)];
  });
  return Object.fromEntries(pairs.filter(([name]) => name.startsWith('OS_')));
}

const agree = (account: string) => async (uri: string, user_code: string) =>
  await new ProviderBrowser(provider).signIn(uri, account, { user_code });
const refuse = async (uri: string, user_code: string) =>
  await new ProviderBrowser(provider).signIn(uri, 'eve', { user_code, abort: 'yes' });

/** Both wait for the provider, who is asked every five seconds. */
test.concurrent('a person agrees in the browser: the shell has a token, for openstack too, and no file holds it', async () => {
  const { code, stdout, stderr } = await login(['--provider', 'acme'], agree('dora'));
  expect([code, stderr]).toEqual([0, expect.stringMatching(/\nSigned in as dora of Acme, until 20\d\d-/)]);
  // As after `openrc`: nothing of the administrator may be left.
  const before = clientEnvironment(cloud.url, cloud.password);
  const variables = await evaluated(stdout, before);
  expect(variables).toEqual({
    OS_AUTH_TYPE: 'token',
    OS_AUTH_URL: `${cloud.url}/identity/v3`,
    OS_TOKEN: expect.any(String),
    OS_PROJECT_ID: expect.stringMatching(/^[0-9a-f]{32}$/),
    OS_IDENTITY_API_VERSION: '3',
    OS_REGION_NAME: 'RegionOne',
  });
  expect(stderr).not.toContain(variables.OS_TOKEN);
  expect(await readdir(home)).toEqual([]);

  const fresh = Object.fromEntries(Object.keys(before).map((name) => [name, null]));
  const dora = openstack.as({ ...fresh, PATH: '/usr/bin:/bin', HOME: home, ...variables });
  expect(await dora.json('token issue')).toMatchObject({ project_id: variables.OS_PROJECT_ID });
  expect(await dora.json('project list --my-projects')).toMatchObject([{ Name: 'home of dora' }]);
  expect(await dora.json('network list')).toMatchObject([{ Name: 'default' }]);
});

test.concurrent('what goes wrong is said in a line or two, with exit code 1 and nothing for the shell', async () => {
  const other = createServer((_request, response) => response.end('<html>')).listen(0, '127.0.0.1');
  await once(other, 'listening');
  const otherUrl = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  const cases: [string[], Parameters<typeof login>[1], RegExp][] = [
    [['--provider', 'acme'], refuse, /^cumulet: The sign-in was refused at the identity provider\.$/m],
    [['--provider', 'brief'], undefined, /^cumulet: .*too old\.\nBegin again\.$/m],
    [['--provider', 'strict'], undefined, /^cumulet: The identity provider did not/m],
    [['--provider', 'gone'], undefined, /^cumulet: The identity provider gone does not answer\.\nSee whether/m],
    [['--provider', 'none'], undefined, /^cumulet: There is no sign-in by none\./m],
    [['--provider', 'acme', '--url', 'http://127.0.0.1:1'], undefined, /^cumulet: Cumulet does not answer at/m],
    [['--provider', 'acme', '--url', otherUrl], undefined, /^cumulet: Another program answers at/m],
    [['--provider', 'acme', '--data-dir', home], undefined, /^cumulet: /m],
    [[], undefined, /required option '--provider <id>'/],
  ];
  const answers = await Promise.all(cases.map(async ([args, person]) => await login(args, person)));
  other.close();
  for (const [index, { code, stdout, stderr }] of answers.entries()) {
    expect([cases[index]?.[0], code, stdout, stderr]).toEqual([
      cases[index]?.[0],
      1,
      '',
      expect.stringMatching(cases[index]?.[2] ?? /^$/),
    ]);
    expect(stderr).not.toMatch(/^ {4}at /m);
  }
});
