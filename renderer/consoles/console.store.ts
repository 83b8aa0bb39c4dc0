import { create } from 'zustand';

export interface ConsoleTab {
  serverId: string;
  type: 'vnc' | 'serial';
  /** The machine's name. */
  title: string;
}

interface ConsoleState {
  tabs: ConsoleTab[];
  /** Key of the tab in front. */
  active: string | null;
}

export const useConsoleStore = create<ConsoleState>(() => ({ tabs: [], active: null }));

export const consoleKey = (tab: Pick<ConsoleTab, 'serverId' | 'type'>): string => `${tab.type}:${tab.serverId}`;

/** Opens the console below the page, or brings its tab to the front. */
export function openConsole(tab: ConsoleTab): void {
  useConsoleStore.setState(({ tabs }) => ({
    tabs: tabs.some((each) => consoleKey(each) === consoleKey(tab)) ? tabs : [...tabs, tab],
    active: consoleKey(tab),
  }));
}

export function closeConsole(key: string): void {
  useConsoleStore.setState(({ tabs, active }) => {
    const left = tabs.filter((tab) => consoleKey(tab) !== key);
    const last = left.at(-1);
    return { tabs: left, active: active === key ? (last ? consoleKey(last) : null) : active };
  });
}
