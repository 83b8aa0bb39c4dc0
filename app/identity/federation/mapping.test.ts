import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mappingSchema } from './mapping.schema.ts';
import { applyMapping } from './mapping.ts';

/** Parses as the API does, so that only mappings that can be stored are tried. */
function map(rules: unknown[], assertion: Record<string, string[]>, schema_version = '1.0') {
  return applyMapping(mappingSchema.parse({ rules, schema_version }), assertion);
}
const ALICE = { sub: ['a-1'], name: ['Alice'], email: ['alice@example.org'], groups: ['dev', 'ops', 'staff'] };

describe('mapping', () => {
  test('values of the assertion fill the local side in the order of what is captured', () => {
    const local = [{ user: { id: '{0}', name: '{1} <{2}>', email: '{2}' } }];
    const remote = [
      { type: 'sub' },
      { type: 'groups', any_one_of: ['ops'] },
      { type: 'name' },
      { type: 'email', regex: true, whitelist: ['@example\\.org$'] },
    ];
    expect(map([{ local, remote }], ALICE).user).toEqual({
      type: 'ephemeral',
      id: 'a-1',
      name: 'Alice <alice@example.org>',
      email: 'alice@example.org',
    });
  });

  test('a rule applies only where all of its remote side holds', () => {
    const rules = [
      { local: [{ user: { name: '{0}' } }], remote: [{ type: 'name' }] },
      { local: [{ group: { id: 'is-ops' } }], remote: [{ type: 'groups', any_one_of: ['ops'] }] },
      { local: [{ group: { id: 'no-ops' } }], remote: [{ type: 'groups', not_any_of: ['ops'] }] },
      { local: [{ group: { id: 'by-regex' } }], remote: [{ type: 'groups', any_one_of: ['^st'], regex: true }] },
      { local: [{ group: { id: 'has-phone' } }], remote: [{ type: 'phone' }] },
    ];
    expect(map(rules, ALICE).groupIds).toEqual(['is-ops', 'by-regex']);
    expect(() => map(rules, { email: ['x'] })).toThrow(/no rule of the mapping fits/);
  });

  test.each([
    ['whitelist', ['dev', 'other'], ['dev']],
    ['blacklist', ['dev', 'other'], ['ops', 'staff']],
  ])('%s leaves a part of the values to groups', (condition, list, left) => {
    const rules = [
      { local: [{ user: { name: '{0}' } }], remote: [{ type: 'name' }] },
      {
        local: [{ groups: '{0}', domain: { id: 'default' } }],
        remote: [{ type: 'groups', [condition]: list }],
      },
    ];
    expect(map(rules, ALICE).groupNames).toEqual(left.map((name) => ({ name, domain: { id: 'default' } })));
  });

  test('groups may say their own domain; a name with separators in it stays one name', () => {
    const local = [{ user: { name: 'x' } }, { groups: '{0}', domain: { name: 'Default' } }];
    const values = { groups: ['JSON:{"name":"far","domain":{"name":"Away"}}', 'a;b', "['admins']"] };
    expect(map([{ local, remote: [{ type: 'groups' }] }], values).groupNames).toEqual([
      { name: 'far', domain: { name: 'Away' } },
      { name: 'a;b', domain: { name: 'Default' } },
      { name: "['admins']", domain: { name: 'Default' } },
    ]);
  });

  test('projects get the domain of the rule only from version 2.0 on', () => {
    const rules = [
      {
        local: [
          { user: { name: '{0}' }, projects: [{ name: '{0} home', roles: [{ name: 'member' }] }], domain: { id: 'd' } },
        ],
        remote: [{ type: 'name' }],
      },
    ];
    const project = { name: 'Alice home', roles: [{ name: 'member' }] };
    expect(map(rules, ALICE)).toMatchObject({ user: { name: 'Alice' }, projects: [project] });
    expect(map(rules, ALICE).user.domain).toBeUndefined();
    expect(map(rules, ALICE, '2.0')).toMatchObject({
      user: { domain: { id: 'd' } },
      projects: [{ ...project, domain: { id: 'd' } }],
    });
  });

  test('a name cannot be made of several values, nor of what was not captured', () => {
    const rule = (name: string) => [{ local: [{ user: { name } }], remote: [{ type: 'groups' }] }];
    expect(() => map(rule('{0}'), ALICE)).toThrow(/made of 3 values/);
    expect(() => map(rule('{1}'), ALICE)).toThrow(/\{1\}, which its remote side does not have/);
  });
});

describe('mapping schema', () => {
  const local = [{ user: { name: '{0}' } }];
  test.each([
    ['two conditions', { type: 'a', any_one_of: ['x'], whitelist: ['y'] }],
    ['a lonely regex', { type: 'a', regex: true }],
    ['no expression', { type: 'a', any_one_of: ['('], regex: true }],
    ['an unknown member', { type: 'a', some_of: [] }],
    ['no type', { any_one_of: ['x'] }],
  ])('refuses %s', (_what, remote) => {
    expect(mappingSchema.safeParse({ rules: [{ local, remote: [remote] }] }).success).toBe(false);
  });

  test("takes Python's way to write flags and named groups", () => {
    const remote = [{ type: 'name', any_one_of: ['(?i)^(?P<first>ALI)'], regex: true }];
    expect(map([{ local: [{ user: { name: 'found' } }], remote }], ALICE).user.name).toBe('found');
  });
});

test('whatever the provider says, values of it become no groups but those they are', () => {
  const rules = [
    { local: [{ user: { name: 'x' } }, { groups: '{0}', domain: { id: 'd' } }], remote: [{ type: 'groups' }] },
  ];
  const plain = fc.string({ minLength: 1 }).filter((text) => !text.startsWith('JSON:'));
  fc.assert(
    fc.property(fc.uniqueArray(plain, { minLength: 1 }), (groups) => {
      expect(map(rules, { groups }).groupNames.map(({ name }) => name)).toEqual(groups);
    }),
  );
});

test('whatever the values are, a mapping answers or refuses the account', () => {
  const template = fc.stringMatching(/^[ab{}01:[\]']{0,8}$/);
  const local = fc.record(
    { user: fc.record({ name: template }), groups: template, group_ids: template, domain: fc.constant({ id: 'd' }) },
    { requiredKeys: [] },
  );
  const assertion = fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), fc.array(fc.string()));
  fc.assert(
    fc.property(fc.array(local), assertion, (locals, said) => {
      try {
        map([{ local: locals, remote: [{ type: 'a' }] }], said);
      } catch (error) {
        expect(error).toMatchObject({ code: 'unauthorized' });
      }
    }),
  );
});
