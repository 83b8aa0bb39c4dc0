import type { ReactNode } from 'react';
import { create } from 'zustand';

/** What a person is asked before something that cannot simply be clicked back. */
export interface Confirmation {
  title: string;
  /** What happens, in a sentence or two. */
  text: ReactNode;
  /** What goes with it, one line each: disks, addresses, snapshots. */
  consequences?: string[];
  /** How to get it back, or that one cannot. */
  wayBack?: string;
  confirmLabel: string;
  isDangerous?: boolean;
  /** Has to be typed first, for what would hurt most. */
  typeToConfirm?: string;
}

interface ConfirmState {
  asked: { confirmation: Confirmation; answer: (isYes: boolean) => void } | null;
}

export const useConfirmStore = create<ConfirmState>(() => ({ asked: null }));

/** Opens the one confirm dialog; a question already open is answered with no. */
export function askToConfirm(confirmation: Confirmation): Promise<boolean> {
  useConfirmStore.getState().asked?.answer(false);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const answer = (isYes: boolean): void => {
    useConfirmStore.setState({ asked: null });
    resolve(isYes);
  };
  useConfirmStore.setState({ asked: { confirmation, answer } });
  return promise;
}
