import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Attributes, evaluate, parseExpression } from './policy-expression.ts';

function decide(
  text: string,
  {
    roles = [],
    credentials = {},
    target = {},
    rules = {},
  }: { roles?: string[]; credentials?: Attributes; target?: Attributes; rules?: Record<string, boolean> } = {},
): boolean {
  const rule = (name: string) => rules[name] ?? false;
  return evaluate(parseExpression(text), { roles: new Set(roles), credentials, target, rule });
}

test.for<[string, boolean]>([
  ['', true],
  ['@', true],
  ['!', false],
  ['role:reader', true],
  ['role:READER', true],
  ['role:admin', false],
  ['role:%(wanted)s', true],
  ['not role:admin', true],
  ['not role:reader or role:reader', true],
  ['role:admin and role:admin or role:reader', true],
  ['role:admin and (role:admin or role:reader)', false],
  ['rule:open and not rule:closed', true],
  ['rule:unknown', false],
  ['user_id:%(user_id)s', true],
  ['user_id:%(target.user.id)s', true],
  ['user_id:%(target.user.name)s', false],
  ['user_id:u', true],
  ['token.project.domain.id:%(target.user.domain_id)s', true],
  ['token.domain.id:%(target.user.domain_id)s', false],
  ['roles:reader', true],
  ['None:%(target.role.domain_id)s', true],
  ['True:%(target.user.enabled)s', true],
  ["'manager':%(target.role.name)s", true],
  ['"manager":%(target.role.name)s', true],
  ["'reader':%(target.role.name)s", false],
  ['is_admin:1', true],
  ['field:networks:shared=True', true],
  ['field:networks:shared=False', false],
  ['field:networks:router:external=True', false],
  ['field:port:device_owner=~^network:', true],
  ['field:port:device_owner=~owner', false],
  ['not field:port:device_owner=~^network:', false],
  ['constructor:%(target.user.id)s', false],
  ['user_id:%(__proto__.x)s', false],
  ['(role:reader and system_scope:all) or (role:reader and domain_id:%(target.domain_id)s)', false],
])('"%s" is %s', ([text, expected]) => {
  const credentials = { user_id: 'u', is_admin: 1, roles: ['reader'], token: { project: { domain: { id: 'd' } } } };
  const target = {
    user_id: 'u',
    wanted: 'Reader',
    shared: true,
    device_owner: 'network:dhcp',
    target: { user: { id: 'u', domain_id: 'd', enabled: true }, role: { name: 'manager', domain_id: null } },
  };
  expect(decide(text, { roles: ['reader'], credentials, target, rules: { open: true, closed: false } })).toBe(expected);
});

test.for(['role', 'role:a and', 'and', '(role:a', 'role:a)', 'role:a role:b', 'not', ':x', 'field:a', 'field:a:b=~('])(
  '"%s" is refused by name',
  (text) => {
    expect(() => parseExpression(text)).toThrow('is no policy rule');
  },
);

/** Expressions beside what they should come to. */
const decided = fc.letrec<{ any: [string, boolean] }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<[string, boolean]>(['@', true], ['!', false], ['role:held', true], ['role:lacked', false]),
    tie('any').map(([text, value]): [string, boolean] => [`not (${text})`, !value]),
    fc.tuple(tie('any'), tie('any')).map(([a, b]): [string, boolean] => [`(${a[0]} and ${b[0]})`, a[1] && b[1]]),
    fc.tuple(tie('any'), tie('any')).map(([a, b]): [string, boolean] => [`(${a[0]} or ${b[0]})`, a[1] || b[1]]),
  ),
})).any;

test('any nesting of and, or and not comes to what logic says', () => {
  fc.assert(fc.property(decided, ([text, value]) => decide(text, { roles: ['held'] }) === value));
});
