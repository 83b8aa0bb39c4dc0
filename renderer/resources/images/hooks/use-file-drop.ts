import { useEffect } from 'react';
import { create } from 'zustand';

export type FilesHandler = (files: File[]) => void;

/** Who takes files dropped on the window: the newest first, the frame's upload dialog last. */
export const useDropStore = create<{ handlers: readonly FilesHandler[] }>(() => ({ handlers: [] }));

/** Takes dropped files while the component is there. `handler` has to be stable (`useCallback`). */
export function useFileDrop(handler: FilesHandler): void {
  useEffect(() => {
    useDropStore.setState(({ handlers }) => ({ handlers: [handler, ...handlers] }));
    return () => useDropStore.setState(({ handlers }) => ({ handlers: handlers.filter((each) => each !== handler) }));
  }, [handler]);
}
