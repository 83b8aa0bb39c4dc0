import type { KeyboardEvent } from 'react';

export interface TableKeyboard {
  ids: readonly string[];
  activeId: string | null;
  pageRows: number;
  onMove: (index: number, isExtending: boolean) => void;
  onToggle: (id: string) => void;
  onExtend: (fromId: string, toId: string) => void;
  onSelectAll: () => void;
  onClear: () => void;
  onOpen: (id: string) => void;
  onMenu: (id: string) => void;
}

/** Arrows move, Shift extends, Space chooses, Enter opens, Ctrl-A takes all, Escape lets go, Menu or Shift-F10 acts. */
export function handleTableKey(event: KeyboardEvent, table: TableKeyboard): void {
  // Keys typed into a control inside a row are that control's.
  if (event.target !== event.currentTarget) return;
  const { ids, activeId } = table;
  const index = activeId === null ? -1 : ids.indexOf(activeId);
  const last = ids.length - 1;
  const move = (to: number): void => {
    const target = Math.max(0, Math.min(last, to));
    const id = ids[target];
    if (id === undefined) return;
    table.onMove(target, event.shiftKey);
    if (event.shiftKey) table.onExtend(activeId ?? id, id);
  };
  switch (event.key) {
    case 'ArrowDown':
      move(index + 1);
      break;
    case 'ArrowUp':
      move(index < 0 ? last : index - 1);
      break;
    case 'PageDown':
      move(index + table.pageRows);
      break;
    case 'PageUp':
      move(index - table.pageRows);
      break;
    case 'Home':
      move(0);
      break;
    case 'End':
      move(last);
      break;
    case ' ':
      if (activeId !== null) table.onToggle(activeId);
      break;
    case 'Enter':
      if (activeId !== null) table.onOpen(activeId);
      break;
    case 'ContextMenu':
    case 'F10':
      if (activeId === null || (event.key === 'F10' && !event.shiftKey)) return;
      // A menu closes on keys outside it: the key that opens it must not reach it.
      event.stopPropagation();
      table.onMenu(activeId);
      break;
    case 'Escape':
      table.onClear();
      break;
    case 'a':
      if (!event.ctrlKey && !event.metaKey) return;
      table.onSelectAll();
      break;
    default:
      return;
  }
  event.preventDefault();
}
