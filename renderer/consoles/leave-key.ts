interface Key {
  key: string;
  code: string;
  ctrlKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}

/**
 * Takes the keyboard from a console to its toolbar. Ctrl+F6 as between the panes of a window elsewhere; Ctrl+Shift+L for
 * keyboards without such keys, and where the system keeps Ctrl+F6.
 */
export function isLeaveKey({ key, code, ctrlKey, shiftKey, altKey, metaKey }: Key): boolean {
  if (!ctrlKey || altKey || metaKey) return false;
  return shiftKey ? code === 'KeyL' : key === 'F6';
}
