import type { GuestFacts, VendorSource } from '../guest-facts.ts';

/** A guest of whom there is all to tell. */
export const FACTS: GuestFacts = {
  serverId: '0b5d0f3e-8c5b-4c41-9d5e-0d6f4b8f9a10',
  name: 'Web "1" <x>',
  hostname: 'web-1-x',
  projectId: 'a'.repeat(32),
  availabilityZone: 'nova',
  launchIndex: 2,
  reservationId: 'r-0b5d0f3e',
  flavorName: 'm1.nano',
  imageId: '77777777-2222-4333-8444-555555555555',
  ec2: { instance: 42, image: 7 },
  metadata: { role: 'web' },
  key: { name: 'mine', publicKey: 'ssh-ed25519 AAAA me' },
  userData: Buffer.from('#!/bin/sh\necho hello\n').toString('base64'),
  ephemeralDisks: 1,
  hasSwap: true,
  files: [
    { path: '/etc/motd', contents: Buffer.from('hello\n').toString('base64') },
    { path: '/etc/empty', contents: '' },
  ],
  devices: [{ type: 'disk', bus: 'none', address: 'none', serial: 'ephemeral1', tags: ['data'] }],
  ports: [
    {
      id: '11111111-2222-4333-8444-555555555555',
      mac: 'fa:16:3e:00:00:01',
      driver: 'user',
      networkId: '99999999-2222-4333-8444-555555555555',
      mtu: 1500,
      tag: 'outside',
      fixedIps: [
        { ipAddress: '10.77.0.16', cidr: '10.77.0.0/16', gatewayIp: '10.77.0.1', dnsNameservers: ['10.77.0.3'] },
        { ipAddress: '10.77.0.17', cidr: '10.77.0.0/16', gatewayIp: '10.77.0.1', dnsNameservers: ['10.77.0.3'] },
        { ipAddress: '10.88.0.9', cidr: '10.88.0.0/28', gatewayIp: '10.88.0.1', dnsNameservers: ['10.88.0.2'] },
      ],
    },
  ],
  nicAddresses: { '11111111-2222-4333-8444-555555555555': '0000:00:06.0' },
  randomSeed: 'c2VlZA==',
};

/** The same of whom there is as little as can be. */
export const BARE: GuestFacts = {
  ...FACTS,
  imageId: null,
  ec2: { instance: 42, image: null },
  metadata: {},
  key: null,
  userData: null,
  ephemeralDisks: 0,
  hasSwap: false,
  files: [],
  devices: [],
  ports: [],
  nicAddresses: {},
};

export const VENDOR: VendorSource = {
  fixed: async () => ({ 'cloud-init': '#cloud-config\n' }),
  asked: async ({ hostname }) => ({ directory: { joined: hostname } }),
};

export const NO_VENDOR: VendorSource = { fixed: async () => ({}), asked: async () => ({}) };
