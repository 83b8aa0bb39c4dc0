import { expect, it } from 'vitest';
import { auditNames, nameOfTold } from './audit-names.ts';

const told = (id: string, name: string | null) => ({ user: { id: 'u', name: null }, resource: { id, name } });

it('takes a name from the newest record that tells it, then from what is there now', () => {
  const records = [told('a', null), told('a', 'after'), told('a', 'before'), told('b', null), told('c', null)];
  const names = auditNames(
    records,
    new Map([
      ['a', 'now'],
      ['b', 'there'],
      ['u', 'ada'],
    ]),
  );
  expect(records.map(({ resource }) => nameOfTold(resource, names))).toEqual([
    'after',
    'after',
    'before',
    'there',
    'c',
  ]);
  expect(nameOfTold(told('u', null).user, names)).toBe('ada');
  expect(nameOfTold(null, names)).toBeNull();
});
