import { expect, it } from 'vitest';
import type { Session } from '../api/session.ts';
import { scopeChoices, scopeKey } from './scope-choices.ts';

const project = (id: string, name: string, domain_id: string) => ({ id, name, domain_id });

it('offers projects by name, then domains, then the system', () => {
  const own = {
    projects: [project('2', 'web', 'd'), project('1', 'lab', 'd')],
    domains: [{ id: 'd', name: 'Default' }],
    hasSystem: true,
  };
  const choices = scopeChoices(own, new Map([['d', 'Default']]));
  expect(choices.map(({ key }) => key)).toEqual(['project:1', 'project:2', 'domain:d', 'system']);
  expect(choices.every(({ domainName }) => domainName === null)).toBe(true);
});

it('says of which domain a project is where there are several', () => {
  const own = { projects: [project('1', 'lab', 'z'), project('2', 'web', 'd')], domains: [], hasSystem: false };
  const choices = scopeChoices(own, new Map([['d', 'Default']]));
  expect(choices.map(({ name, domainName }) => [name, domainName])).toEqual([
    ['web', 'Default'],
    ['lab', 'z'],
  ]);
});

it('knows which of them a session is', () => {
  const session = { project: null, domain: null, isSystem: false } as Session;
  expect(scopeKey(session)).toBeNull();
  expect(scopeKey({ ...session, isSystem: true })).toBe('system');
  expect(scopeKey({ ...session, domain: { id: 'd', name: 'D' } })).toBe('domain:d');
  expect(scopeKey({ ...session, project: { id: 'p', name: 'P', domain: { id: 'd', name: 'D' } } })).toBe('project:p');
});
