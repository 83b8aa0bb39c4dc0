import { expect, it } from 'vitest';
import { parseSession, toCurrentUser } from './session.ts';

const session = {
  token: 't',
  expiresAt: '2999-01-01T00:00:00Z',
  user: { id: 'u', name: 'ada' },
  project: { id: 'p', name: 'lab' },
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
