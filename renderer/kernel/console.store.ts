import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import type { ConsoleType } from '../../app/contract/console.ts';
import { useSessionStore } from '../api/session.ts';

/** What a pane shows. SPICE has windows of its own. */
export type PaneConsoleType = Exclude<ConsoleType, 'spice'>;

export interface ConsoleTab {
  serverId: string;
  type: PaneConsoleType;
  /** The machine's name. */
  title: string;
}

export type DockSize = 'normal' | 'maximised' | 'folded';

interface ConsoleState {
  tabs: ConsoleTab[];
  /** Key of the tab in front. */
  active: string | null;
  size: DockSize;
}

/** Open consoles belong to the window, not to the page they were opened from. */
export const useConsoleStore = create<ConsoleState>(() => ({ tabs: [], active: null, size: 'normal' }));

interface ConsoleSettings {
  /** Pixels of the dock when it is neither maximised nor folded. */
  dockHeight: number;
  /** Pixels of the terminal's text. */
  fontSize: number;
  /** The screen is scaled to its place, or shown as large as it is. */
  isScaled: boolean;
  /** Of the keyboard that machines are set to, for text that is typed into them. */
  layout: string;
}

/** What people set once, kept on this computer. */
export const useConsoleSettings = create<ConsoleSettings>()(
  persist((): ConsoleSettings => ({ dockHeight: 360, fontSize: 13, isScaled: true, layout: 'en-US' }), {
    name: 'cumulet.consoles',
  }),
);

export const consoleKey = (tab: Pick<ConsoleTab, 'serverId' | 'type'>): string => `${tab.type}:${tab.serverId}`;

/** Opens the console below the page, or brings its tab to the front. */
export function openConsole(tab: ConsoleTab): void {
  useConsoleStore.setState(({ tabs, size }) => ({
    tabs: tabs.some((each) => consoleKey(each) === consoleKey(tab)) ? tabs : [...tabs, tab],
    active: consoleKey(tab),
    size: size === 'folded' ? 'normal' : size,
  }));
}

export function closeConsole(key: string): void {
  useConsoleStore.setState(({ tabs, active }) => {
    const index = tabs.findIndex((tab) => consoleKey(tab) === key);
    const left = tabs.filter((tab) => consoleKey(tab) !== key);
    const next = left[Math.min(index, left.length - 1)];
    return { tabs: left, active: active === key ? (next ? consoleKey(next) : null) : active };
  });
}

export function closeAllConsoles(): void {
  useConsoleStore.setState({ tabs: [], active: null, size: 'normal' });
}

// Consoles of a project are nothing for who signs in next, or for the same person in another project.
useSessionStore.subscribe((state, before) => {
  if (state.session?.project?.id !== before.session?.project?.id) closeAllConsoles();
});
