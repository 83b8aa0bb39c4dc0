import type { Icon } from '@tabler/icons-react';
import { useEffect } from 'react';
import { create } from 'zustand';

export interface PaletteCommand {
  id: string;
  label: string;
  group: string;
  icon?: Icon;
  run: () => void;
}

interface PaletteState {
  /** The palette's code loads with its first use. */
  isWanted: boolean;
  /** Counts the requests to open, so that each opens it again. */
  opened: number;
  sources: readonly (readonly PaletteCommand[])[];
}

export const usePaletteStore = create<PaletteState>(() => ({ isWanted: false, opened: 0, sources: [] }));

export function openPalette(): void {
  usePaletteStore.setState((state) => ({ isWanted: true, opened: state.opened + 1 }));
}

/** Offers commands in the palette while the component is there. `commands` has to be stable (`useMemo`). */
export function usePaletteCommands(commands: readonly PaletteCommand[]): void {
  useEffect(() => {
    usePaletteStore.setState((state) => ({ sources: [...state.sources, commands] }));
    return () => usePaletteStore.setState((state) => ({ sources: state.sources.filter((each) => each !== commands) }));
  }, [commands]);
}
