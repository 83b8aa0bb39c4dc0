import type { ReactNode } from 'react';
import { create } from 'zustand';

interface OpenDialog {
  key: number;
  isOpen: boolean;
  render: (props: DialogProps) => ReactNode;
}

export interface DialogProps {
  opened: boolean;
  onClose: () => void;
}

export const useDialogStore = create<{ dialogs: OpenDialog[] }>(() => ({ dialogs: [] }));

let lastKey = 0;
/** Until the closing transition is over. */
const LINGER_MS = 300;

/** Opens a dialog from anywhere, such as an action: `openDialog((props) => <RenameDialog {...props} server={server} />)`. */
export function openDialog(render: (props: DialogProps) => ReactNode): void {
  lastKey += 1;
  const dialog: OpenDialog = { key: lastKey, isOpen: true, render };
  useDialogStore.setState((state) => ({ dialogs: [...state.dialogs, dialog] }));
}

export function closeDialog(key: number): void {
  useDialogStore.setState((state) => ({
    dialogs: state.dialogs.map((each) => (each.key === key ? { ...each, isOpen: false } : each)),
  }));
  setTimeout(() => {
    useDialogStore.setState((state) => ({ dialogs: state.dialogs.filter((each) => each.key !== key) }));
  }, LINGER_MS);
}
