import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Candidate } from './host.filters.ts';
import { best } from './host.weighers.ts';

const size = fc.record({ memoryMib: fc.nat(9), vcpus: fc.nat(9), diskGib: fc.nat(9) });
const hosts = fc
  .array(size, { maxLength: 12 })
  .map((list) =>
    list.map((free, index) => ({ id: `h${index}`, isUsable: true, capabilities: [], trouble: null, free })),
  );

const amounts = ({ free }: Candidate) => [free.memoryMib, free.vcpus, free.diskGib];

test('no host that has no less of anything and more of something is passed over', () => {
  fc.assert(
    fc.property(hosts, (list) => {
      const chosen = best(list);
      expect(chosen === undefined).toBe(list.length === 0);
      if (!chosen) return;
      for (const other of list) {
        const gains = amounts(other).map((amount, index) => amount - (amounts(chosen)[index] ?? 0));
        expect(gains.every((gain) => gain >= 0) && gains.some((gain) => gain > 0)).toBe(false);
      }
    }),
  );
});

test('of equals the first is chosen, and the same question has the same answer', () => {
  fc.assert(
    fc.property(hosts, (list) => {
      const chosen = best(list);
      expect(best([...list])).toBe(chosen);
      const twins = list.map((host) => ({ ...host, id: `${host.id}-twin` }));
      expect(best([...list, ...twins])).toBe(chosen);
    }),
  );
});

test('processors count as much as memory, disk half', () => {
  const host = (id: string, memoryMib: number, vcpus: number, diskGib: number): Candidate => ({
    ...{ id, isUsable: true, capabilities: [], trouble: null },
    free: { memoryMib, vcpus, diskGib },
  });
  expect(best([host('disk', 0, 0, 10), host('memory', 10, 0, 0)])?.id).toBe('memory');
  expect(best([host('memory', 10, 0, 0), host('rest', 0, 10, 10)])?.id).toBe('rest');
});
