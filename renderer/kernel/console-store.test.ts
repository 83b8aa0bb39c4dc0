import { beforeEach, expect, it } from 'vitest';
import { closeAllConsoles, closeConsole, consoleKey, openConsole, useConsoleStore } from './console.store.ts';

const tab = (serverId: string, type: 'vnc' | 'serial' = 'vnc') => ({ serverId, type, title: serverId });

beforeEach(closeAllConsoles);

it('opens each console once and brings it to the front', () => {
  openConsole(tab('a'));
  openConsole(tab('b'));
  openConsole(tab('a'));
  const { tabs, active } = useConsoleStore.getState();
  expect(tabs.map(consoleKey)).toEqual(['vnc:a', 'vnc:b']);
  expect(active).toBe('vnc:a');
});

it('keeps screen and terminal of one machine apart', () => {
  openConsole(tab('a'));
  openConsole(tab('a', 'serial'));
  expect(useConsoleStore.getState().tabs).toHaveLength(2);
});

it('shows the neighbour when the one in front is closed', () => {
  for (const id of ['a', 'b', 'c']) openConsole(tab(id));
  useConsoleStore.setState({ active: 'vnc:b' });
  closeConsole('vnc:b');
  expect(useConsoleStore.getState().active).toBe('vnc:c');
  closeConsole('vnc:c');
  expect(useConsoleStore.getState().active).toBe('vnc:a');
  closeConsole('vnc:a');
  expect(useConsoleStore.getState()).toMatchObject({ tabs: [], active: null });
});

it('leaves the front alone when another is closed', () => {
  openConsole(tab('a'));
  openConsole(tab('b'));
  closeConsole('vnc:a');
  expect(useConsoleStore.getState().active).toBe('vnc:b');
});

it('unfolds when a console is opened', () => {
  openConsole(tab('a'));
  useConsoleStore.setState({ size: 'folded' });
  openConsole(tab('a'));
  expect(useConsoleStore.getState().size).toBe('normal');
});
