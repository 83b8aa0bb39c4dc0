import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { DesktopBridge } from '../../app/contract/ipc.ts';
import { beginSession, endSession, readSession, restoreSession, type Session, useSessionStore } from './session.ts';

const session: Session = {
  token: 't',
  unscopedToken: 'r',
  rootToken: 'r',
  expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
  user: { id: 'u', name: 'ada', domain: { id: 'default', name: 'Default' } },
  project: { id: 'p', name: 'web', domain: { id: 'default', name: 'Default' } },
  domain: null,
  isSystem: false,
  roles: ['member'],
};

/** A keychain in memory, with every call that was made to it. */
function fakeDesktop(kept: string | null): { calls: unknown[][] } {
  const calls: unknown[][] = [];
  const invoke = vi.fn(async (...args: unknown[]) => {
    calls.push(args);
    return args[0] === 'keychain:load' ? kept : undefined;
  });
  window.cumulet = { invoke, on: () => () => undefined } as unknown as DesktopBridge;
  return { calls };
}

beforeEach(() => {
  sessionStorage.clear();
  useSessionStore.setState({ session: null, ended: null });
});
afterEach(() => {
  delete window.cumulet;
});

it('takes the sign-in up from the keychain', async () => {
  const { calls } = fakeDesktop(JSON.stringify(session));
  await restoreSession();
  expect(readSession()).toEqual(session);
  expect(calls[0]).toEqual(['keychain:load']);
});

it('prefers what this window knows, and leaves the keychain alone for it', async () => {
  const { calls } = fakeDesktop(JSON.stringify({ ...session, token: 'older' }));
  sessionStorage.setItem('cumulet.session', JSON.stringify(session));
  await restoreSession();
  expect(readSession()?.token).toBe('t');
  expect(calls.map(([channel]) => channel)).not.toContain('keychain:load');
});

it('signs nobody in with what has expired, or is damaged', async () => {
  fakeDesktop(JSON.stringify({ ...session, expiresAt: new Date(0).toISOString() }));
  await restoreSession();
  expect(readSession()).toBeNull();
  fakeDesktop('{');
  await restoreSession();
  expect(readSession()).toBeNull();
});

it('keeps a new sign-in there and takes it out when it ends', () => {
  const { calls } = fakeDesktop(null);
  beginSession(session);
  endSession('signed-out');
  expect(calls).toEqual([['keychain:save', JSON.stringify(session)], ['keychain:clear']]);
});

it('needs no desktop', async () => {
  await restoreSession();
  expect(readSession()).toBeNull();
  beginSession(session);
  expect(sessionStorage.getItem('cumulet.session')).toBe(JSON.stringify(session));
});
