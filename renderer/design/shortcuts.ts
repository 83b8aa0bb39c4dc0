import { useHotkeys } from '@mantine/hooks';
import { useEffect } from 'react';
import { create } from 'zustand';

export interface Shortcut {
  /** As `@mantine/hooks` writes them: `mod+K`, `shift+?`, `/`. */
  keys: string;
  /** For the overlay of all shortcuts. */
  label: string;
  group: string;
}

export const useShortcutStore = create<{ shortcuts: Shortcut[] }>(() => ({ shortcuts: [] }));

/** Binds a key while the component is there and lists it in the overlay (Shift-?). Does nothing while one types. */
export function useShortcut(shortcut: Shortcut, run: () => void): void {
  const { keys, label, group } = shortcut;
  useHotkeys([[keys, run, { preventDefault: true }]]);
  useShortcutHelp(keys, label, group);
}

/** Lists a key in the overlay that something else binds. */
export function useShortcutHelp(keys: string, label: string, group: string): void {
  useEffect(() => {
    const entry = { keys, label, group };
    useShortcutStore.setState((state) => ({ shortcuts: [...state.shortcuts, entry] }));
    return () =>
      useShortcutStore.setState((state) => ({ shortcuts: state.shortcuts.filter((each) => each !== entry) }));
  }, [keys, label, group]);
}

const MAC_SIGNS: Record<string, string> = { mod: '⌘', shift: '⇧', alt: '⌥' };
const OTHER_SIGNS: Record<string, string> = { mod: 'Ctrl', shift: 'Shift', alt: 'Alt' };

/** The keys as they stand on this computer's keyboard. */
export function keySigns(keys: string): string[] {
  const signs = navigator.platform.startsWith('Mac') ? MAC_SIGNS : OTHER_SIGNS;
  return keys.split('+').map((key) => signs[key] ?? key);
}
