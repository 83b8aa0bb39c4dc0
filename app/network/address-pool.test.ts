import fc from 'fast-check';
import { expect, test } from 'vitest';
import { candidates, contains, isAddress, isHostAddress, toAddress, toNumber } from './address-pool.ts';

test('addresses are numbers and back', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      expect(toAddress(toNumber(address))).toBe(address);
      expect(isAddress(address)).toBe(true);
    }),
  );
});

test('what is not exactly a dotted address is none', () => {
  for (const text of ['', '10.77.0', '10.77.0.020', '10.77.0.256', '10.77.0.1/24', ' 10.77.0.1', '0x0a.1.1.1', '::1']) {
    expect([text, isAddress(text)]).toEqual([text, false]);
  }
});

test('network and broadcast addresses are in the range, but not for machines', () => {
  const cidr = '10.77.0.0/24';
  for (const [address, isInside, isForHosts] of [
    ['10.77.0.0', true, false],
    ['10.77.0.1', true, true],
    ['10.77.0.254', true, true],
    ['10.77.0.255', true, false],
    ['10.77.1.1', false, false],
    ['10.76.255.255', false, false],
    ['fd00::1', false, false],
  ] as const) {
    expect([address, contains(cidr, address), isHostAddress(cidr, address)]).toEqual([address, isInside, isForHosts]);
  }
  expect(isHostAddress('10.0.0.0/31', '10.0.0.0')).toBe(true);
  expect(isHostAddress('10.0.0.1/32', '10.0.0.1')).toBe(true);
});

test('every address of the pools comes exactly once, beginning after the last one', () => {
  const pool = fc.tuple(fc.nat(200), fc.nat(20));
  fc.assert(
    fc.property(fc.array(pool, { minLength: 1, maxLength: 3 }), fc.option(fc.nat(400)), (sizes, last) => {
      // Pools that do not overlap, in order.
      let at = toNumber('10.0.0.0');
      const pools = sizes.map(([gap, size]) => {
        const start = at + BigInt(gap);
        at = start + BigInt(size) + 1n;
        return { start: toAddress(start), end: toAddress(at - 1n) };
      });
      const every = pools.flatMap(({ start, end }) => {
        const count = Number(toNumber(end) - toNumber(start)) + 1;
        return Array.from({ length: count }, (_, index) => toAddress(toNumber(start) + BigInt(index)));
      });
      const after = last === null ? undefined : toAddress(toNumber('10.0.0.0') + BigInt(last));
      const got = [...candidates(pools, after)];
      expect(got.toSorted()).toEqual(every.toSorted());
      const turn = every.findIndex((address) => after === undefined || toNumber(address) > toNumber(after));
      if (turn > 0) expect(got).toEqual([...every.slice(turn), ...every.slice(0, turn)]);
      else expect(got).toEqual(every);
    }),
  );
});

test('what lies before the last one is not walked through', () => {
  const pools = [{ start: '0.0.0.1', end: '255.255.255.254' }];
  expect(candidates(pools, '255.255.255.252').next().value).toBe('255.255.255.253');
});
