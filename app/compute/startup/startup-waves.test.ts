import fc from 'fast-check';
import { expect, test } from 'vitest';
import { circleThrough, ordersOf, type Placed, wavesOf } from './startup-waves.ts';

const machine = (id: string, order: number | null, ...after: string[]): Placed => ({
  ...{ id, order },
  after: after.map((server) => ({ server })),
});
const idsOf = (waves: Placed[][]) => waves.map((wave) => wave.map(({ id }) => id));

test('lower numbers go first, those without one last, and who waits behind those it waits for', () => {
  const machines = [machine('any', null), machine('web', 2, 'db'), machine('db', 2), machine('dns', 1)];
  expect(idsOf(wavesOf(machines))).toEqual([['dns'], ['db'], ['web'], ['any']]);
});

test('what others wait for comes before them, whatever its own number says, also through a third', () => {
  const machines = [machine('web', 1, 'app'), machine('app', 5, 'db'), machine('db', null), machine('late', 2)];
  expect(idsOf(wavesOf(machines))).toEqual([['db'], ['app'], ['web'], ['late']]);
});

test('what is not among them holds nobody up', () => {
  expect(idsOf(wavesOf([machine('web', null, 'elsewhere')]))).toEqual([['web']]);
  expect(wavesOf([])).toEqual([]);
});

test('a circle is told with all who are in it, and ends where it is met', () => {
  const circle = [machine('a', 1, 'b'), machine('b', null, 'c'), machine('c', null, 'a')];
  const afterOf = (id: string) => circle.find((each) => each.id === id)?.after ?? [];
  expect(circleThrough('a', afterOf)).toEqual(['a', 'b', 'c', 'a']);
  expect(circleThrough('d', (id) => (id === 'd' ? [{ server: 'a' }] : afterOf(id)))).toBeNull();
  expect(wavesOf(circle).flat()).toHaveLength(3);
});

test('each is in one wave, behind all that it waits for', () => {
  // Each waits only for some before it in the list, so that there is no circle.
  const drawn = fc.array(
    fc.record({ order: fc.option(fc.integer({ min: 0, max: 5 })), after: fc.array(fc.nat(), { maxLength: 3 }) }),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(drawn, (entries) => {
      const machines = entries.map(({ order, after }, index) =>
        machine(String(index), order, ...(index === 0 ? [] : after.map((other) => String(other % index)))),
      );
      const waves = wavesOf(machines);
      expect(waves.flat().length).toBe(machines.length);
      const place = new Map(waves.flatMap((wave, index) => wave.map(({ id }) => [id, index])));
      const orders = ordersOf(machines);
      for (const { id, order, after } of machines) {
        expect(orders.get(id)).toBeLessThanOrEqual(order ?? Number.POSITIVE_INFINITY);
        for (const { server } of after) {
          expect(place.get(server)).toBeLessThan(place.get(id) ?? -1);
          expect(orders.get(server)).toBeLessThanOrEqual(orders.get(id) ?? -1);
        }
      }
    }),
  );
});
