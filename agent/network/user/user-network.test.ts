import { createServer } from 'node:net';
import fc from 'fast-check';
import { Address4 } from 'ip-address';
import { describe, expect, test } from 'vitest';
import type { MachinePort } from '../../../app/contract/machine.ts';
import { UserNetworkDriver } from './user-network.driver.ts';
import { planUserNetwork } from './user-network.plan.ts';

const FIXED_IP = { ipAddress: '10.20.0.57', cidr: '10.20.0.0/24', gatewayIp: '10.20.0.1', dnsNameservers: ['9.9.9.9'] };
const PORT: MachinePort = {
  id: 'p',
  mac: '52:54:00:AB:CD:EF',
  driver: 'user',
  networkId: 'n',
  mtu: 1500,
  fixedIps: [FIXED_IP],
};

describe('planUserNetwork', () => {
  test("the guest has the port's address, the gateway the subnet's", () => {
    expect(planUserNetwork(FIXED_IP)).toEqual({
      network: '10.20.0.0/24',
      host: '10.20.0.1',
      guest: '10.20.0.57',
      nameserver: '10.20.0.254',
    });
  });

  test('a name server within the subnet is taken over', () => {
    expect(planUserNetwork({ ...FIXED_IP, dnsNameservers: ['8.8.8.8', '10.20.0.2'] }).nameserver).toBe('10.20.0.2');
  });

  test('a subnet without gateway, and one too small for a name server', () => {
    expect(planUserNetwork({ ...FIXED_IP, gatewayIp: null }).host).toBe('10.20.0.254');
    const small = { ipAddress: '10.0.0.2', cidr: '10.0.0.0/30', gatewayIp: '10.0.0.1', dnsNameservers: [] };
    expect(planUserNetwork(small)).toEqual({
      network: '10.0.0.0/30',
      host: '10.0.0.1',
      guest: '10.0.0.2',
      nameserver: null,
    });
  });

  test('gateway, guest and name server are always three addresses within the subnet', () => {
    const subnet = fc.tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 8, max: 29 }), fc.nat());
    fc.assert(
      fc.property(subnet, ([bits, prefix, which]) => {
        const network = new Address4(`${Address4.fromBigInt(BigInt(bits)).correctForm()}/${prefix}`);
        const first = network.startAddress().bigInt() + 1n;
        const room = network.endAddress().bigInt() - first;
        const guest = Address4.fromBigInt(first + (BigInt(which) % room)).correctForm();
        const plan = planUserNetwork({ ipAddress: guest, cidr: network.address, gatewayIp: null, dnsNameservers: [] });
        const placed = [plan.host, plan.guest, plan.nameserver ?? ''];
        expect(new Set(placed).size).toBe(3);
        for (const address of placed) expect(new Address4(address).isInSubnet(network)).toBe(true);
        expect(plan.guest).toBe(guest);
      }),
    );
  });

  test.each([
    [{ ...FIXED_IP, ipAddress: '10.21.0.5' }, 'fixedIps.ipAddress'],
    [{ ...FIXED_IP, ipAddress: '10.20.0.255' }, 'fixedIps.ipAddress'],
    [{ ...FIXED_IP, ipAddress: '10.20.0.5,hostfwd=tcp::1-:1' }, 'fixedIps.ipAddress'],
    [{ ...FIXED_IP, cidr: '10.20.0.0/24,restrict=off' }, 'fixedIps.cidr'],
    [{ ...FIXED_IP, cidr: '10.20.0.0' }, 'fixedIps.cidr'],
  ])('refuses %j', (fixedIp, field) => {
    expect(() => planUserNetwork(fixedIp)).toThrow(expect.objectContaining({ code: 'bad_request', field }));
  });
});

describe('UserNetworkDriver', () => {
  const driver = new UserNetworkDriver();

  test("forwards a free loopback port to the first port's SSH", async () => {
    const plug = await driver.plug(PORT, { before: [], isFirst: true, isIsolated: false });
    const hostPort = plug.forwards[0]?.hostPort ?? 0;
    expect(plug).toEqual({
      kind: 'user',
      port: 'p',
      mac: '52:54:00:ab:cd:ef',
      mtu: null,
      addresses: planUserNetwork(FIXED_IP),
      leadsOutside: true,
      listensAt: '127.0.0.1',
      forwards: [{ guestPort: 22, hostAddress: '127.0.0.1', hostPort }],
    });
    expect(hostPort).toBeGreaterThan(1023);
  });

  test('keeps the port of the last start while it is free, and takes another when it is not', async () => {
    const first = await driver.plug(PORT, { before: [], isFirst: true, isIsolated: false });
    const again = await driver.plug(PORT, { before: first.forwards, isFirst: true, isIsolated: false });
    expect(again.forwards).toEqual(first.forwards);
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(first.forwards[0]?.hostPort, '127.0.0.1', resolve));
    try {
      const other = await driver.plug(PORT, { before: first.forwards, isFirst: true, isIsolated: false });
      expect(other.forwards[0]?.hostPort).not.toBe(first.forwards[0]?.hostPort);
    } finally {
      taken.close();
    }
  });

  test('only the first port forwards; only small MTUs are told', async () => {
    const plug = await driver.plug({ ...PORT, mtu: 1400 }, { before: [], isFirst: false, isIsolated: false });
    expect(plug.forwards).toEqual([]);
    expect(plug.mtu).toBe(1400);
  });

  test('without a gateway the guest reaches nothing outside, and is reached all the same', async () => {
    const fixedIps = [{ ...FIXED_IP, gatewayIp: null }];
    const plug = await driver.plug({ ...PORT, fixedIps }, { before: [], isFirst: true, isIsolated: false });
    expect(plug.leadsOutside).toBe(false);
    expect(plug.forwards).toHaveLength(1);
  });

  test('a MAC address that is more than one is refused', async () => {
    const port = { ...PORT, mac: '52:54:00:00:00:01,netdev=x' };
    await expect(driver.plug(port, { before: [], isFirst: true, isIsolated: false })).rejects.toMatchObject({
      code: 'bad_request',
    });
  });
});
