import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RESOURCES, type Room } from './host.filters.ts';
import { best } from './host.weighers.ts';

const size = fc.record({ memoryMib: fc.nat(9), vcpus: fc.nat(9), diskGib: fc.nat(9) });
const hosts = fc.array(size, { maxLength: 12 });

const amounts = (room: Room) => RESOURCES.map((resource) => room[resource]);

/** Of `list` the best, by its place there; of those at `among`, where that is given. */
function bestOf(list: readonly Room[], among = list.map((_room, index) => index)): number | undefined {
  const column = (resource: keyof Room) => Float64Array.from(list, (room) => room[resource]);
  const free = { memoryMib: column('memoryMib'), vcpus: column('vcpus'), diskGib: column('diskGib') };
  return best(free, Int32Array.from(among));
}

test('no host that has no less of anything and more of something is passed over', () => {
  fc.assert(
    fc.property(hosts, (list) => {
      const chosen = bestOf(list);
      expect(chosen === undefined).toBe(list.length === 0);
      const room = list[chosen ?? -1];
      if (!room) return;
      for (const other of list) {
        const gains = amounts(other).map((amount, index) => amount - (amounts(room)[index] ?? 0));
        expect(gains.every((gain) => gain >= 0) && gains.some((gain) => gain > 0)).toBe(false);
      }
    }),
  );
});

test('of equals the first is chosen, and the same question has the same answer', () => {
  fc.assert(
    fc.property(hosts, (list) => {
      const chosen = bestOf(list);
      expect(bestOf([...list])).toBe(chosen);
      expect(bestOf([...list, ...list])).toBe(chosen);
    }),
  );
});

test('hosts that are no candidates change nothing', () => {
  fc.assert(
    fc.property(hosts, fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }), (list, chosen) => {
      const among = list.flatMap((_room, index) => (chosen[index] ? [index] : []));
      const alone = bestOf(among.map((index) => list[index] as Room));
      expect(bestOf(list, among)).toBe(alone === undefined ? undefined : among[alone]);
    }),
  );
});

test('processors count as much as memory, disk half', () => {
  const room = (memoryMib: number, vcpus: number, diskGib: number): Room => ({ memoryMib, vcpus, diskGib });
  expect(bestOf([room(0, 0, 10), room(10, 0, 0)])).toBe(1);
  expect(bestOf([room(10, 0, 0), room(0, 10, 10)])).toBe(1);
});
