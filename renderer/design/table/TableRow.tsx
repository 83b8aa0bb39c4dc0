// biome-ignore-all lint/a11y/useSemanticElements: virtual rows are placed absolutely, which table elements do not allow
// biome-ignore-all lint/a11y/useFocusableInteractive: focus stays on the grid, which names the active row
import { IconDots } from '@tabler/icons-react';
import { memo, type ReactNode } from 'react';
import { formatNumber } from '../../i18n/formatters.ts';
import { t } from '../../i18n/i18n.ts';
import { ProgressBar } from '../Figures.tsx';
import type { Column } from './column.ts';
import classes from './table.module.css';

export interface RowProgress {
  /** 0 to 1; null where the end is not known. */
  fraction: number | null;
  label: string;
}

export interface TableRowProps<T> {
  row: T;
  id: string;
  index: number;
  top: number;
  columns: readonly Column<T>[];
  tracks: string;
  isSelected: boolean;
  isActive: boolean;
  isOpen: boolean;
  hasSelection: boolean;
  hasMenu: boolean;
  progress: RowProgress | null;
  /** The same functions on every render, or every row renders with each scroll. */
  handlers: RowHandlers<T>;
}

export interface RowHandlers<T> {
  onActivate: (id: string) => void;
  onSelect: (id: string, isRange: boolean) => void;
  onOpen: (row: T) => void;
  onMenu: (row: T, x: number, y: number) => void;
}

function TableRowInner<T>(props: TableRowProps<T>) {
  const { row, id, index, columns, handlers, progress } = props;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid itself takes the keys (use-table-keyboard.ts)
    <div
      id={`row-${id}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={props.isSelected}
      aria-current={props.isOpen || undefined}
      className={classes.row}
      data-active={props.isActive || undefined}
      data-open={props.isOpen || undefined}
      data-selected={props.isSelected || undefined}
      style={{ transform: `translateY(${props.top}px)`, gridTemplateColumns: props.tracks }}
      onClick={(event) => {
        handlers.onActivate(id);
        if (props.hasSelection && (event.shiftKey || event.ctrlKey || event.metaKey)) {
          handlers.onSelect(id, event.shiftKey);
        }
      }}
      onDoubleClick={() => handlers.onOpen(row)}
      onContextMenu={(event) => {
        if (!props.hasMenu) return;
        event.preventDefault();
        handlers.onActivate(id);
        handlers.onMenu(row, event.clientX, event.clientY);
      }}
    >
      <div role="gridcell" className={classes.selectCell}>
        {props.hasSelection && (
          <input
            type="checkbox"
            className={classes.checkbox}
            tabIndex={-1}
            aria-label={t('design:table.selectRow')}
            checked={props.isSelected}
            onChange={() => undefined}
            onClick={(event) => {
              event.stopPropagation();
              handlers.onActivate(id);
              handlers.onSelect(id, event.shiftKey);
            }}
          />
        )}
      </div>
      {columns.map((column) => (
        <div key={column.id} role="gridcell" className={classes.cell} data-align={column.align}>
          {content(column, row)}
        </div>
      ))}
      <div role="gridcell" className={classes.menuCell}>
        {props.hasMenu && (
          <button
            type="button"
            className={classes.menuButton}
            tabIndex={-1}
            aria-label={t('design:moreActions')}
            onClick={(event) => {
              event.stopPropagation();
              const box = event.currentTarget.getBoundingClientRect();
              handlers.onActivate(id);
              handlers.onMenu(row, box.right, box.bottom);
            }}
          >
            <IconDots size={16} aria-hidden="true" />
          </button>
        )}
      </div>
      {progress && (
        <div className={classes.rowProgress}>
          <ProgressBar fraction={progress.fraction} label={progress.label} />
        </div>
      )}
    </div>
  );
}

function content<T>(column: Column<T>, row: T): ReactNode {
  if (column.cell) return column.cell(row);
  const value = column.value(row);
  if (value === null || value === undefined || value === '') return <span className="muted">–</span>;
  return <span className="truncate">{typeof value === 'number' ? formatNumber(value) : value}</span>;
}

/**
 * Plain elements only: a row is made anew for every 32 px of scrolling, so a component of the library in it is paid for
 * a thousand times a second. Memoised by value of `progress`: it is made anew with every render of the table.
 */
export const TableRow = memo(TableRowInner, (before, after) => {
  for (const name of Object.keys(after) as (keyof typeof after)[]) {
    if (name === 'progress') continue;
    if (before[name] !== after[name]) return false;
  }
  return before.progress?.fraction === after.progress?.fraction && before.progress?.label === after.progress?.label;
}) as typeof TableRowInner;
