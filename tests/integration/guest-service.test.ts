import { afterAll, beforeAll, expect, test } from 'vitest';
import { computeSettingsSchema } from '../../app/compute/compute.settings.ts';
import { startCloud, type TestCloud } from '../cloud.ts';
import { ComputeClient } from './compute-client.ts';
import { uploadGuest } from './guest-image.ts';
import { SerialTerminal } from './serial-terminal.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHlXKfbUwVpdZJvpTjXGzFBiu4mMTmMt6bWvyAZTnmCi someone@example.org';
const SCRIPT = `#!/bin/sh
echo "user data ran as $(id -un) on $(hostname)" > /tmp/by-user-data
`;

let cloud: TestCloud;
let compute: ComputeClient;
let terminal: SerialTerminal;
let id: string;
let other: string;

beforeAll(async () => {
  cloud = await startCloud({ compute: computeSettingsSchema.parse({ force_config_drive: false }) });
  compute = new ComputeClient(cloud);
  const image = await uploadGuest(cloud);
  await compute.mustCall('POST', '/compute/v2.1/os-keypairs', {
    keypair: { name: 'mine', type: 'ssh', public_key: KEY },
  });
  const wish = { key_name: 'mine', metadata: { role: 'web' }, user_data: Buffer.from(SCRIPT).toString('base64') };
  ({ id } = await compute.launch(image, { name: 'Web Server 1', ...wish }));
  ({ id: other } = await compute.launch(image, { name: 'another', metadata: { secret: 'of another' } }));
  await compute.settled(id, 'ACTIVE');
  await compute.settled(other, 'ACTIVE');
  terminal = await SerialTerminal.open(await compute.consoleUrl(id, 'serial'));
});

afterAll(async () => {
  terminal?.close();
  await cloud?.close();
});

/** What the guest hears at that path. */
async function fetched(path: string, options = ''): Promise<string> {
  return await terminal.ask(`wget -q -O - ${options} http://169.254.169.254${path}; echo`).then((said) => said.trim());
}

test('without a config drive the guest learns its name, key and user data from the service', async () => {
  expect((await compute.show(id)).config_drive).toBe('');
  await terminal.conversation.until(/cumulet-linux metadata source=http/);
  await terminal.conversation.until(/cumulet-linux user-data exit=0/);
  await terminal.conversation.until(/cumulet-linux ready hostname=web-server-1/);
  // No password is told there: it is the image's own.
  await terminal.signIn('cumulet');
  expect(await terminal.ask('cat /root/.ssh/authorized_keys')).toContain(KEY);
  expect(await terminal.ask('cat /tmp/by-user-data')).toBe('user data ran as root on web-server-1');
});

test('it walks the EC2 tree', async () => {
  expect(await fetched('/')).toContain('2009-04-04');
  expect(await fetched('/latest/meta-data/')).toContain('block-device-mapping/');
  expect(await fetched('/2009-04-04/meta-data/public-keys/')).toBe('0=mine');
  expect(await fetched('/2009-04-04/meta-data/public-keys/0/openssh-key')).toBe(KEY);
  expect(await fetched('/latest/meta-data/instance-id')).toMatch(/^i-[0-9a-f]{8}$/);
  const [address] = Object.values<any>((await compute.show(id)).addresses).flat();
  expect(await fetched('/latest/meta-data/local-ipv4')).toBe(address.addr);
  expect(await fetched('/latest/meta-data/no-such-thing 2>&1')).toContain('404');
});

test("no header of its own brings it another machine's data", async () => {
  const forged = [`X-Instance-ID: ${other}`, 'X-Tenant-ID: x', 'X-Forwarded-For: 10.77.0.17', `Host: ${other}`];
  const headers = forged.map((header) => `--header '${header}'`).join(' ');
  const told = JSON.parse(await fetched('/openstack/latest/meta_data.json', headers));
  expect(told).toMatchObject({ uuid: id, meta: { role: 'web' } });
});

test('what is changed is seen at once, and what it leaves is read by its owner', async () => {
  await compute.mustCall('POST', `/compute/v2.1/servers/${id}/metadata`, { metadata: { role: 'database' } });
  expect(JSON.parse(await fetched('/openstack/latest/meta_data.json')).meta).toEqual({ role: 'database' });
  await fetched('/openstack/latest/password', "--post-data 'RW5jcnlwdGVk'");
  expect(await compute.mustCall('GET', `/compute/v2.1/servers/${id}/os-server-password`)).toEqual({
    password: 'RW5jcnlwdGVk',
  });
});
