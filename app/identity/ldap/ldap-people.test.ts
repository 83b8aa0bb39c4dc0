import type { Entry } from 'ldapts';
import { expect, test, vi } from 'vitest';
import { ldapOptionsSchema } from './ldap.options.ts';
import { LdapEntry, toFilterValue } from './ldap-entry.ts';
import { LdapReader } from './ldap-people.ts';

test('members that Active Directory gives in parts are put together', async () => {
  const reader = new LdapReader(ldapOptionsSchema.parse({ suffix: 'dc=x', group_name_attribute: 'cn' }));
  const dnOf = (cn: string) => `cn=${cn},ou=Users,dc=x`;
  const group = `cn=all,ou=UserGroups,dc=x`;
  const answers: Record<string, Entry[]> = {
    'ou=Users,dc=x': ['a', 'b', 'c'].map((cn) => ({ dn: dnOf(cn), cn, sn: cn })),
    'ou=UserGroups,dc=x': [{ dn: group, cn: 'all', member: [], 'member;range=0-0': [dnOf('a')] }],
    'member;range=1-*': [{ dn: group, 'member;range=1-1': [dnOf('b')] }],
    'member;range=2-*': [{ dn: group, 'member;range=2-*': dnOf('c') }],
  };
  vi.spyOn(reader.server, 'use').mockImplementation((work) => work({} as never));
  vi.spyOn(reader.server, 'search').mockImplementation(async (_client, base, { attributes: [first = ''] }) =>
    (answers[first] ?? answers[base])?.map((entry) => new LdapEntry(entry)),
  );
  expect((await reader.readAll()).members).toEqual(new Map([['all', ['a', 'b', 'c']]]));
});

test('a GUID is text as its owner writes it, and its bytes again in a filter', () => {
  const bytes = Buffer.from('33221100554477668899aabbccddeeff', 'hex');
  const text = new LdapEntry({ dn: 'cn=x', objectGUID: bytes }).id('objectguid');
  expect(text).toBe('00112233-4455-6677-8899-aabbccddeeff');
  expect(toFilterValue('objectGUID', text ?? '')).toEqual(bytes);
  expect(toFilterValue('cn', text ?? '')).toBe(text);
});

test('of several values an id is the one the entry is named by', () => {
  const entry = new LdapEntry({ dn: 'uid=b+cn=x,dc=x', uid: ['a', 'b'], mail: ['', 'm'] });
  expect([entry.id('UID'), entry.first('mail'), entry.first('sn')]).toEqual(['b', 'm', undefined]);
});
