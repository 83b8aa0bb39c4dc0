import type { ReactNode } from 'react';

export type CellValue = string | number | null | undefined;

/** A column as data. */
export interface Column<T> {
  id: string;
  header: string;
  /** What it sorts, searches and filters by. */
  value: (row: T) => CellValue;
  /** What it shows; the value itself when left out. Must be cheap: it is called while scrolling. */
  cell?: (row: T) => ReactNode;
  /** Pixels, or a share of what is left with its least width. */
  width: number | { min: number; share: number };
  align?: 'end';
  /** Not shown until chosen. */
  isHidden?: boolean;
  /** May not be hidden: usually the name. */
  isFixed?: boolean;
  /** Where there is no room for all, the highest goes first, of equals (0 without it) the last. */
  givesWay?: number;
  isUnsortable?: boolean;
  /** Left out of the search. */
  isUnsearched?: boolean;
  /** Offers its values as a filter above the table; the label of a value where it differs from it; `values` where a row has several. */
  filter?: { label?: (value: string) => string; values?: (row: T) => readonly string[] };
}

/** `grid-template-columns` of a row. */
export function columnTracks(columns: readonly Column<never>[], hasSelection: boolean, hasMenu: boolean): string {
  const tracks = columns.map(({ width }) =>
    typeof width === 'number' ? `${width}px` : `minmax(${width.min}px, ${width.share}fr)`,
  );
  return [hasSelection ? '36px' : '8px', ...tracks, hasMenu ? '36px' : '8px'].join(' ');
}

/** Least width before the table scrolls sideways. */
export function leastWidth(columns: readonly Column<never>[], hasSelection: boolean, hasMenu: boolean): number {
  const ends = (hasSelection ? 36 : 8) + (hasMenu ? 36 : 8);
  return columns.reduce((sum, { width }) => sum + (typeof width === 'number' ? width : width.min), ends);
}

/** Columns for whose least widths there is room, without those that give way; those in `kept` stay whatever comes. */
export function fittingColumns<T>(
  columns: readonly Column<T>[],
  width: number,
  { hasSelection, hasMenu, kept }: { hasSelection: boolean; hasMenu: boolean; kept: ReadonlySet<string> },
): Column<T>[] {
  let left = [...columns];
  const yielding = columns
    .map((column, index) => ({ column, index, rank: column.givesWay ?? 0 }))
    .filter(({ column }) => !column.isFixed && !kept.has(column.id))
    .sort((a, b) => b.rank - a.rank || b.index - a.index);
  for (const { column } of yielding) {
    if (leastWidth(left as readonly Column<never>[], hasSelection, hasMenu) <= width) break;
    left = left.filter((each) => each !== column);
  }
  return left;
}
