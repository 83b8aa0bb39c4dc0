import { afterEach, expect, it, vi } from 'vitest';
import type { DesktopBridge, IpcEvents } from '../../app/contract/ipc.ts';
import { isOwnPath } from '../api/own-path.ts';

const { push, navigate } = vi.hoisted(() => ({ push: vi.fn(), navigate: vi.fn() }));
vi.mock(import('./navigate.ts'), () => ({ openAddress: push, navigate }) as never);
const { followDesktop, registerDesktopCommand } = await import('./desktop-commands.ts');

afterEach(() => {
  delete window.cumulet;
  vi.clearAllMocks();
});

/** What the main process would send. */
function fakeDesktop(): { send: (channel: keyof IpcEvents, text: string) => void } {
  const listeners = new Map<string, (text: string) => void>();
  const on: DesktopBridge['on'] = (channel, listener) => {
    listeners.set(channel, listener);
    return () => listeners.delete(channel);
  };
  window.cumulet = { invoke: vi.fn(), on };
  followDesktop();
  return { send: (channel, text) => listeners.get(channel)?.(text) };
}

it('follows links inside the dashboard and no others', () => {
  const { send } = fakeDesktop();
  send('navigate', '/images/1');
  send('navigate', '//elsewhere.example/');
  send('navigate', 'https://elsewhere.example/');
  send('navigate', '/\\elsewhere.example');
  expect(push.mock.calls).toEqual([['/images/1']]);
  expect(isOwnPath('/machines?q=a')).toBe(true);
});

it('carries out commands by name, with what stands after the colon', () => {
  const { send } = fakeDesktop();
  const start = vi.fn();
  registerDesktopCommand('server.start', start);
  send('command', 'server.start:abc:1');
  send('command', 'launch');
  send('command', 'nothing.known:1');
  expect(start.mock.calls).toEqual([['abc:1']]);
  expect(navigate.mock.calls).toEqual([[{ to: '/launch' }]]);
});

it('does nothing in a browser', () => {
  expect(() => followDesktop()).not.toThrow();
});
