import { expect, test } from 'vitest';
import type { GuestFacts, VendorSource } from './guest-facts.ts';
import { lookUp } from './metadata-tree.ts';
import { BARE, FACTS, NO_VENDOR, VENDOR } from './testing/guest-facts.fixture.ts';

/** Whether a line of a listing of EC2's is a folder; a key is one, and looks otherwise. */
const FOLDER = /^(?:(.+)\/|(\d+)=.*)$/;

/** Everything a guest can find by following listings, each file under its path. */
async function crawl(facts: GuestFacts, vendor: VendorSource): Promise<string> {
  const found: string[] = [];
  const read = async (path: string) => {
    const answer = await lookUp(facts, vendor, path);
    if (answer === undefined) throw new Error(`${path} is listed and not there`);
    const text = answer === 'password' ? '(password)' : answer.body.toString();
    const type = answer === 'password' || answer.type === 'text/plain' ? '' : ` (${answer.type})`;
    found.push(`==> ${path}${type}\n${type ? JSON.stringify(JSON.parse(text), null, 2) : text}`);
    return text.split('\n');
  };
  for (const version of await read('/')) {
    for (const part of await read(`/${version}/`)) {
      const base = `/${version}/${part.replace('/', '')}`;
      if (part === 'meta-data/') await follow(`${base}/`);
      else if (part !== '') await read(base);
    }
  }
  for (const version of await read('/openstack')) {
    for (const file of await read(`/openstack/${version}`)) await read(`/openstack/${version}/${file}`);
  }
  return found.join('\n\n');

  async function follow(folder: string): Promise<void> {
    for (const line of await read(folder)) {
      const [, name, key] = FOLDER.exec(line) ?? [];
      if (name !== undefined || key !== undefined) await follow(`${folder}${name ?? key}/`);
      else await read(`${folder}${line}`);
    }
  }
}

test('every path of every version, of a guest of whom there is all to tell', async () => {
  await expect(await crawl(FACTS, VENDOR)).toMatchFileSnapshot('golden/service-everything.txt');
});

test('every path of every version, of a guest of whom there is as little as can be', async () => {
  await expect(await crawl(BARE, NO_VENDOR)).toMatchFileSnapshot('golden/service-nothing.txt');
});

test.each([
  ['/openstack/latest/meta_data.json', '/openstack//latest/./meta_data.json/'],
  ['/openstack/latest/user_data', '/openstack/2013-04-04/../latest/user_data?x=1'],
  ['/latest/meta-data/instance-id', '/ec2/latest/meta-data/instance-id'],
  ['/', '/ec2/'],
  ['/latest/meta-data/public-keys/0/openssh-key', '/latest/meta-data/public-keys/%30/openssh-key'],
])('%s is also found as %s', async (path, other) => {
  expect(await lookUp(FACTS, VENDOR, other)).toEqual(await lookUp(FACTS, VENDOR, path));
});

test.each([
  '/openstack/2012-08-09',
  '/openstack/latest/nothing.json',
  '/openstack/2012-08-10/password',
  '/openstack/2012-08-10/vendor_data.json',
  '/openstack/latest/meta_data.json/more',
  '/openstack/content',
  '/openstack/content/0002',
  '/openstack/content/0000/x',
  '/openstack/content/00',
  '/2009-04-05/meta-data',
  '/1.0/meta-data/local-hostname',
  '/latest/api/token',
  '/latest/meta-data/public-keys/0/_name',
  '/latest/meta-data/security-groups/0',
  '/latest/meta-data/hostname/length',
  '/latest/meta-data/__proto__',
  '/latest/constructor',
  '/%',
  `/${'x'.repeat(2000)}`,
])('%s is nowhere', async (path) => {
  expect(await lookUp(FACTS, VENDOR, path)).toBeUndefined();
});

test('user data are told byte for byte', async () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, at) => at));
  const facts = { ...FACTS, userData: bytes.toString('base64') };
  for (const path of ['/openstack/latest/user_data', '/latest/user-data']) {
    expect(await lookUp(facts, VENDOR, path)).toEqual({ type: 'text/plain', body: bytes });
  }
});

test('no service of the operator takes the place of what is fixed', async () => {
  const vendor = { ...VENDOR, asked: async () => ({ static: 'mine', other: 1 }) };
  const found = await lookUp(FACTS, vendor, '/openstack/latest/vendor_data2.json');
  expect(JSON.parse(String(found === 'password' || found?.body))).toEqual({
    static: await VENDOR.fixed(),
    other: 1,
  });
});
