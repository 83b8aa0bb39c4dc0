import fc from 'fast-check';
import { DN } from 'ldapts';
import { expect, test } from 'vitest';
import { dnKey, parseDn } from './ldap-dn.ts';

test('parts, several values of one, and all ways to escape', () => {
  expect(parseDn('cn=Smith\\, John+uid=7, ou="R, D", dc=ex\\2cample,dc=M\\c3\\bcnchen')).toEqual([
    [
      { name: 'cn', value: 'Smith, John' },
      { name: 'uid', value: '7' },
    ],
    [{ name: 'ou', value: 'R, D' }],
    [{ name: 'dc', value: 'ex,ample' }],
    [{ name: 'dc', value: 'München' }],
  ]);
});

test('case, spaces and escapes do not make another entry, values do', () => {
  expect(dnKey('CN=Ann  Lee, OU=People,dc=x')).toBe(dnKey('cn=ann lee,ou=people,DC=X'));
  expect(dnKey('cn=a\\2cb,dc=x')).toBe(dnKey('cn=a\\,b,dc=x'));
  expect(dnKey('cn=a+uid=1,dc=x')).toBe(dnKey('uid=1+cn=a,dc=x'));
  expect(dnKey('cn=a,cn=b')).not.toBe(dnKey('cn=a\\,cn\\=b'));
});

test('whatever a value contains, it is read back', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1, maxLength: 4 }), (values) => {
      const dn = new DN();
      for (const value of values) dn.addPairRDN('cn', value);
      expect(parseDn(dn.toString()).map(([part]) => part?.value)).toEqual(values);
    }),
  );
});
