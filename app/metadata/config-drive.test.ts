import { expect, test } from 'vitest';
import { configDriveFiles, type GuestFacts } from './config-drive.ts';

const facts: GuestFacts = {
  serverId: '0b5d0f3e-8c5b-4c41-9d5e-0d6f4b8f9a10',
  name: 'Web "1" <x>',
  hostname: 'web-1-x',
  projectId: 'a'.repeat(32),
  availabilityZone: 'nova',
  launchIndex: 0,
  flavorName: 'm1.nano',
  metadata: { role: 'web' },
  key: { name: 'mine', publicKey: 'ssh-ed25519 AAAA me' },
  userData: Buffer.from('#!/bin/sh\necho hello\n').toString('base64'),
  adminPass: 'secret',
  ports: [
    {
      id: '11111111-2222-4333-8444-555555555555',
      mac: 'fa:16:3e:00:00:01',
      driver: 'user',
      networkId: '99999999-2222-4333-8444-555555555555',
      mtu: 1500,
      fixedIps: [
        { ipAddress: '10.77.0.16', cidr: '10.77.0.0/16', gatewayIp: '10.77.0.1', dnsNameservers: ['10.77.0.3'] },
        { ipAddress: '10.77.0.17', cidr: '10.77.0.0/16', gatewayIp: '10.77.0.1', dnsNameservers: ['10.77.0.3'] },
        { ipAddress: '10.88.0.9', cidr: '10.88.0.0/28', gatewayIp: '10.88.0.1', dnsNameservers: ['10.88.0.2'] },
      ],
    },
  ],
  randomSeed: 'c2VlZA==',
};

function readable(files: Record<string, string>): string {
  return Object.entries(files)
    .map(([path, content]) => {
      const text = Buffer.from(content, 'base64').toString();
      return `==> ${path}\n${path.endsWith('.json') ? JSON.stringify(JSON.parse(text), null, 2) : text}`;
    })
    .join('\n\n');
}

test('all there is to tell', async () => {
  await expect(readable(configDriveFiles(facts))).toMatchFileSnapshot('golden/everything.txt');
});

test('a certificate is a key of another type', () => {
  const publicKey = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
  const files = configDriveFiles({ ...facts, key: { name: 'windows', publicKey } });
  const latest = JSON.parse(Buffer.from(files['openstack/latest/meta_data.json'] ?? '', 'base64').toString());
  expect(latest.keys).toEqual([{ name: 'windows', type: 'x509', data: publicKey }]);
});

test('as little as possible', async () => {
  const bare = { ...facts, metadata: {}, key: null, userData: null, adminPass: null, ports: [] };
  await expect(readable(configDriveFiles(bare))).toMatchFileSnapshot('golden/nothing.txt');
});
