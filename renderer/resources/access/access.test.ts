import { beforeAll, expect, test } from 'vitest';
import { type AssignmentView, grantOfLink, grantPath } from '../../api/assignment.api.ts';
import { startI18n } from '../../i18n/i18n.ts';
import { accessCsv, csvCell } from './access-csv.ts';
import { accessRows } from './access-row.ts';
import { describePath, type IdentityNames, isDirect, pathOfAssignment } from './assignment-path.ts';

beforeAll(() => startI18n('en'));

const ORIGIN = 'http://127.0.0.1:8774/identity/v3';
const names: IdentityNames = {
  user: () => undefined,
  group: (id) => ({ ops: 'Operators' })[id],
  project: (id) => ({ p: 'web', above: 'company' })[id],
  domain: (id) => ({ d: 'Default' })[id],
  role: (id) => ({ member: 'member', manager: 'manager' })[id],
};

function assignment(role: string, links: AssignmentView['links'], inherited = false): AssignmentView {
  return {
    role: { id: role, name: role },
    user: { id: 'ann', name: 'Ann', domain: { id: 'd', name: 'Default' } },
    scope: {
      project: { id: 'p', name: 'web', domain: { id: 'd', name: 'Default' } },
      ...(inherited ? { 'OS-INHERIT:inherited_to': 'projects' as const } : {}),
    },
    links,
  };
}

test('the path of a role is read from its links', () => {
  const told = (one: AssignmentView): string => describePath(pathOfAssignment(one), names);
  expect({
    direct: told(assignment('member', { assignment: `${ORIGIN}/projects/p/users/ann/roles/member` })),
    group: told(
      assignment('member', {
        assignment: `${ORIGIN}/projects/p/groups/ops/roles/member`,
        membership: `${ORIGIN}/groups/ops/users/ann`,
      }),
    ),
    domain: told(
      assignment(
        'member',
        { assignment: `${ORIGIN}/OS-INHERIT/domains/d/users/ann/roles/member/inherited_to_projects` },
        true,
      ),
    ),
    all: told(
      assignment(
        'reader',
        {
          assignment: `${ORIGIN}/OS-INHERIT/projects/above/groups/ops/roles/manager/inherited_to_projects`,
          membership: `${ORIGIN}/groups/ops/users/ann`,
          prior_role: `${ORIGIN}/prior_role/reader/implies/manager`,
        },
        true,
      ),
    ),
    unknown: told(
      assignment('member', {
        assignment: `${ORIGIN}/projects/p/groups/secret/roles/member`,
        membership: `${ORIGIN}/groups/secret/users/ann`,
      }),
    ),
  }).toEqual({
    direct: 'Given directly',
    group: 'Through group Operators',
    domain: 'Inherited from domain Default',
    all: 'Comes with role manager · Through group Operators · Inherited from project company',
    unknown: 'Through a group you may not see',
  });
});

test('only what was given here can be taken away here', () => {
  const direct = pathOfAssignment(assignment('member', { assignment: `${ORIGIN}/projects/p/users/ann/roles/member` }));
  const implied = pathOfAssignment(assignment('reader', { assignment: `${ORIGIN}/projects/p/users/ann/roles/member` }));
  expect([isDirect(direct), isDirect(implied)]).toEqual([true, false]);
});

test('the address of a grant and its reading are each other’s reverse', () => {
  for (const path of [
    '/identity/v3/projects/p/users/u/roles/r',
    '/identity/v3/domains/d/groups/g/roles/r',
    '/identity/v3/system/users/u/roles/r',
    '/identity/v3/OS-INHERIT/domains/d/users/u/roles/r/inherited_to_projects',
  ]) {
    const grant = grantOfLink(`http://cloud:1${path}`);
    expect(grant && grantPath(grant)).toBe(path);
  }
  expect(grantOfLink('http://cloud/identity/v3/users/u')).toBeNull();
});

test('a role that comes twice by one grant is one line', () => {
  const one = assignment('member', { assignment: `${ORIGIN}/projects/p/users/ann/roles/member` });
  expect(accessRows([one, one], names)).toHaveLength(1);
});

test('the file is a table that no program runs', () => {
  expect(csvCell('=1+1')).toBe("'=1+1");
  expect(csvCell('a "b", c')).toBe('"a ""b"", c"');
  const rows = accessRows([assignment('member', { assignment: `${ORIGIN}/projects/p/users/ann/roles/member` })], names);
  expect(accessCsv(rows)).toBe(
    'Kind,Who,Domain,Role,On,Where,Domain of it,How it comes\r\n' +
      'Person,Ann,Default,member,Project,web,Default,Given directly\r\n',
  );
});
