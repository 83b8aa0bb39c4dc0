// biome-ignore-all lint/a11y/useSemanticElements: virtual rows are placed absolutely, which table elements do not allow
import type { RowSelectionState } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type PointerEvent,
  type RefObject,
  useCallback,
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
} from 'react';
import type { Column } from './column.ts';
import { type RowHandlers, type RowProgress, TableRow } from './TableRow.tsx';
import classes from './table.module.css';

/** Pixels; `--row-height` in tokens.css. */
export const ROW_HEIGHT = 32;
const OVERSCAN = 8;
/** Rows: the next page is asked for while there is still something to scroll through. */
const READS_AHEAD = 200;

export type ScrollToRow = (index: number) => void;

export interface TableBodyProps<T extends { id: string }> {
  rows: readonly { id: string; original: T }[];
  viewport: RefObject<HTMLDivElement | null>;
  /** Filled in by the body. */
  scroll: RefObject<ScrollToRow>;
  columns: readonly Column<T>[];
  tracks: string;
  minWidth: number;
  selection: RowSelectionState;
  activeId: string | null;
  openId: string | undefined;
  /** The last rows come into sight. */
  onEnd: (() => void) | undefined;
  hasSelection: boolean;
  hasMenu: boolean;
  rowProgress: ((row: T) => RowProgress | null) | undefined;
  handlers: RowHandlers<T>;
}

/** Whoever points at a cell that is cut off is told all of it. */
function tellWhole({ target }: PointerEvent): void {
  const cell = target instanceof Element ? target.closest<HTMLElement>('[role=gridcell]') : null;
  if (!cell) return;
  const isCut = [cell, ...cell.querySelectorAll('*')].some((each) => each.scrollWidth > each.clientWidth);
  cell.title = isCut ? (cell.textContent ?? '') : '';
}

/** The rows on screen. On its own, because it alone renders while one scrolls. */
export function TableBody<T extends { id: string }>(props: TableBodyProps<T>) {
  const { rows, viewport, selection } = props;
  // The viewport around this gets its ref after the first effects in here have run: without a second render a list whose
  // rows were there from the start would measure nothing and stay empty.
  const [, setMounted] = useState(false);
  useEffect(() => setMounted(true), []);
  // A new function would make the virtualizer measure all rows again, on every scroll.
  const getItemKey = useCallback((index: number) => rows[index]?.id ?? index, [rows]);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => viewport.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    // The head covers the first row's height.
    scrollPaddingStart: ROW_HEIGHT,
    getItemKey,
    useFlushSync: false,
  });
  const items = virtualizer.getVirtualItems();
  const isAtEnd = (items.at(-1)?.index ?? 0) >= rows.length - 1 - READS_AHEAD;
  const { onEnd, openId } = props;
  useEffect(() => {
    if (isAtEnd && rows.length > 0) onEnd?.();
  }, [isAtEnd, rows.length, onEnd]);
  // An address that has a thing open shows where it stands in the list, once.
  const shownId = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (openId === undefined || shownId.current === openId) return;
    const index = rows.findIndex((row) => row.id === openId);
    if (index === -1) return;
    shownId.current = openId;
    virtualizer.scrollToIndex(index);
  }, [openId, rows, virtualizer]);
  useImperativeHandle(props.scroll, () => (index: number) => virtualizer.scrollToIndex(index), [virtualizer]);
  return (
    <div
      role="rowgroup"
      className={classes.body}
      style={{ height: virtualizer.getTotalSize(), minWidth: props.minWidth }}
      onPointerOver={tellWhole}
    >
      {items.map((item) => {
        const row = rows[item.index];
        if (!row) return null;
        return (
          <TableRow
            key={row.id}
            id={row.id}
            row={row.original}
            index={item.index}
            top={item.start}
            columns={props.columns}
            tracks={props.tracks}
            isSelected={selection[row.id] === true}
            isActive={props.activeId === row.id}
            isOpen={openId === row.id}
            hasSelection={props.hasSelection}
            hasMenu={props.hasMenu}
            progress={props.rowProgress?.(row.original) ?? null}
            handlers={props.handlers}
          />
        );
      })}
    </div>
  );
}
