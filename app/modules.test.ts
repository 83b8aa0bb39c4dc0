import { expect, test } from 'vitest';
import { ALL_MIGRATIONS } from './database/testing/all-migrations.ts';
import { MIGRATIONS, MODULES, partsToBeMade } from './modules.ts';

const twice = (names: readonly string[]) => names.filter((name, index) => names.indexOf(name) !== index);

test('every migration there is belongs to one module', () => {
  expect(Object.keys(MIGRATIONS).toSorted()).toEqual(Object.keys(ALL_MIGRATIONS).toSorted());
  expect(twice(MODULES.flatMap(({ migrations = {} }) => Object.keys(migrations)))).toEqual([]);
});

test('no two modules declare the same rule or limit, or have the same name', () => {
  expect(twice(MODULES.flatMap(({ rules = [] }) => rules.map(({ name }) => name)))).toEqual([]);
  expect(twice(MODULES.flatMap(({ quotas = {} }) => Object.keys(quotas)))).toEqual([]);
  expect(twice(MODULES.map(({ name }) => name))).toEqual([]);
});

test('a part that is asked for before it is made says which it is', () => {
  const parts = partsToBeMade({ dataDir: '/nowhere', firstImage: undefined } as never);
  expect(parts.dataDir).toBe('/nowhere');
  expect(parts.firstImage).toBeUndefined();
  expect(() => parts.compute).toThrow('compute is needed before it is made');
  Object.assign(parts, { compute: 1 });
  expect(parts.compute).toBe(1);
});
