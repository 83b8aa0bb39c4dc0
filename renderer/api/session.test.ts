import { expect, it } from 'vitest';
import { parseSession, toCurrentUser } from './session.ts';

const session = {
  token: 't',
  unscopedToken: 'r',
  rootToken: 'r',
  expiresAt: '2999-01-01T00:00:00Z',
  user: { id: 'u', name: 'ada', domain: { id: 'default', name: 'Default' } },
  project: { id: 'p', name: 'lab', domain: { id: 'default', name: 'Default' } },
  domain: null,
  isSystem: false,
  roles: ['member', 'admin'],
};

it('takes up a kept sign-in only while it is whole and good', () => {
  expect(parseSession(JSON.stringify(session))).toEqual(session);
  expect(parseSession(JSON.stringify({ ...session, expiresAt: '2001-01-01T00:00:00Z' }))).toBeNull();
  expect(parseSession(JSON.stringify({ ...session, project: undefined }))).toBeNull();
  expect(parseSession('{')).toBeNull();
  expect(parseSession(null)).toBeNull();
});

it('knows administrators by their role', () => {
  expect(toCurrentUser(session, {}).isAdmin).toBe(true);
  expect(toCurrentUser({ ...session, roles: ['reader'] }, {}).isAdmin).toBe(false);
});
