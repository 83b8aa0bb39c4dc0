import { generateKeyPair } from 'node:crypto';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCloud, type TestCloud } from '../cloud.ts';
import { ComputeClient } from './compute-client.ts';
import { uploadGuest } from './guest-image.ts';
import { SerialTerminal } from './serial-terminal.ts';

const SCRIPT = `#!/bin/sh
echo "user data ran as $(id -un) on $(hostname)" > /tmp/by-user-data
`;

let cloud: TestCloud;
let compute: ComputeClient;
let terminal: SerialTerminal;
let id: string;
let image: string;
let publicKey: string;

beforeAll(async () => {
  cloud = await startCloud();
  compute = new ComputeClient(cloud);
  image = await uploadGuest(cloud);
  const keypair = { name: 'mine', type: 'ssh', public_key: await newPublicKey() };
  ({ public_key: publicKey } = (await compute.mustCall('POST', '/compute/v2.1/os-keypairs', { keypair })).keypair);
  ({ id } = await compute.launch(image, {
    name: 'Web Server 1',
    key_name: 'mine',
    adminPass: 'chosen-password',
    metadata: { role: 'web', note: `it's "quoted"` },
    user_data: Buffer.from(SCRIPT).toString('base64'),
  }));
  await compute.settled(id, 'ACTIVE');
  terminal = await SerialTerminal.open(await compute.consoleUrl(id, 'serial'));
});

afterAll(async () => {
  terminal?.close();
  await cloud?.close();
});

test('the guest reads its config drive and runs the user data', async () => {
  await terminal.conversation.until(/cumulet-linux metadata source=configdrive/);
  await terminal.conversation.until(/cumulet-linux user-data exit=0/);
  await terminal.conversation.until(/cumulet-linux ready hostname=web-server-1/);
});

test('it signs in with the password of the launch', async () => {
  await terminal.signIn('chosen-password');
});

test('hostname, key and script came through', async () => {
  expect(await terminal.ask('hostname')).toBe('web-server-1');
  expect(await terminal.ask('cat /root/.ssh/authorized_keys')).toContain(publicKey);
  expect(await terminal.ask('cat /tmp/by-user-data')).toBe('user data ran as root on web-server-1');
});

test('it has the address the cloud says it has', async () => {
  const server = await compute.show(id);
  const [address] = Object.values<any>(server.addresses).flat();
  const shown = await terminal.ask('ip -o -4 addr show');
  expect(shown).toContain(`inet ${address.addr}/`);
  expect(await terminal.ask('ip -o link show')).toContain(address['OS-EXT-IPS-MAC:mac_addr']);
});

test('on a network of the project it has the address and the gateway of that, and without a gateway no way out', async () => {
  const make = async (kind: string, sent: object) =>
    (await compute.mustCall('POST', `/network/v2.0/${kind}s`, { [kind]: sent }))[kind];
  const [open, closed] = await Promise.all(['open', 'closed'].map((name) => make('network', { name })));
  const range = { ip_version: 4, cidr: '10.20.0.0/24' };
  await make('subnet', { ...range, network_id: open.id, gateway_ip: '10.20.0.7' });
  await make('subnet', { ...range, network_id: closed.id, gateway_ip: null });
  const port = await make('port', { network_id: closed.id, fixed_ips: [{ ip_address: '10.20.0.66' }] });
  const servers = await Promise.all(
    [{ uuid: open.id, fixed_ip: '10.20.0.55' }, { port: port.id }].map((network) =>
      compute.launch(image, { networks: [network], adminPass: 'secret' }),
    ),
  );
  const [outside, inside] = await Promise.all(
    servers.map(async (server) => {
      await compute.settled(server.id, 'ACTIVE');
      const own = await SerialTerminal.open(await compute.consoleUrl(server.id, 'serial'));
      await own.signIn('secret');
      const shown = { address: await own.ask('ip -o -4 addr show'), routes: await own.ask('ip route') };
      own.close();
      return shown;
    }),
  );
  expect(outside?.address).toContain('inet 10.20.0.55/24');
  expect(outside?.routes).toContain('default via 10.20.0.7');
  expect(inside?.address).toContain('inet 10.20.0.66/24');
  expect(inside?.routes).not.toContain('default');
});

test('its SSH server answers on the forwarded port', async () => {
  const access = await compute.mustCall('GET', `/v1/servers/${id}/access`);
  const forward = access.forwards.find(({ guestPort }: { guestPort: number }) => guestPort === 22);
  expect(forward).toBeDefined();
  expect(await firstBytes(forward.hostPort, forward.hostAddress)).toMatch(/^SSH-2\.0-/);
});

async function firstBytes(port: number, host: string): Promise<string> {
  return await new Promise((resolve, reject) => {
    const socket = connect(port, host);
    socket.once('data', (data) => {
      resolve(data.toString());
      socket.destroy();
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('The guest closed the connection')));
  });
}

/** OpenSSH's form of an Ed25519 key (RFC 8709): length-prefixed name and key. */
async function newPublicKey(): Promise<string> {
  const { publicKey: made } = await promisify(generateKeyPair)('ed25519');
  const { x = '' } = made.export({ format: 'jwk' });
  const parts = [Buffer.from('ssh-ed25519'), Buffer.from(x, 'base64url')].flatMap((part) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    return [length, part];
  });
  return `ssh-ed25519 ${Buffer.concat(parts).toString('base64')} someone@example.org`;
}
