// biome-ignore-all lint/a11y/useSemanticElements: virtual rows are placed absolutely, which table elements do not allow
import { Menu } from '@mantine/core';
import {
  type ColumnDef,
  columnVisibilityFeature,
  createSortedRowModel,
  type RowSelectionState,
  rowSelectionFeature,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { type ReactNode, useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionMenuItems } from '../actions/ActionMenu.tsx';
import { type Action, isForSeveral } from '../actions/action.ts';
import { enterPanel } from '../DetailPanel.tsx';
import { ErrorAlert } from '../ErrorAlert.tsx';
import { useShortcut } from '../shortcuts.ts';
import { BulkActions } from './BulkActions.tsx';
import { type Column, columnTracks, fittingColumns, leastWidth } from './column.ts';
import { ROW_HEIGHT, type ScrollToRow, TableBody } from './TableBody.tsx';
import { TableHead } from './TableHead.tsx';
import type { RowHandlers, RowProgress } from './TableRow.tsx';
import { type PagedRows, TableStatus } from './TableStatus.tsx';
import { TableToolbar } from './TableToolbar.tsx';
import classes from './table.module.css';
import { compareValues, filterRows } from './table-rows.ts';
import { formatSort, formatWhere, parseSort, parseWhere, useOpenId, useTableSearch } from './table-search.ts';
import { useTableViewStore } from './table-view.store.ts';
import { useInnerWidth } from './use-inner-width.ts';
import { handleTableKey } from './use-table-keyboard.ts';

const NO_ACTIONS: readonly never[] = [];
const NO_ROWS: readonly never[] = [];
/** As many as fill a page, so that the first rows replace them in place. */
const SKELETON_ROWS = Array.from({ length: 12 }, (_, index) => `skeleton-${index}`);

const features = tableFeatures({
  columnVisibilityFeature,
  rowSelectionFeature,
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
});

const choose = (ids: readonly string[]): RowSelectionState => Object.fromEntries(ids.map((id) => [id, true as const]));

export interface DataTableProps<T extends { id: string }> {
  /** Names the kept choice of columns. */
  id: string;
  /** For screen readers. */
  label: string;
  columns: readonly Column<T>[];
  /** Undefined while it loads. */
  rows: readonly T[] | undefined;
  /** There are more than `rows`: they come as one scrolls. */
  paged?: PagedRows;
  error?: unknown;
  onRetry?: () => void;
  /** Shown when there are none at all; when a filter hides all, the table says so itself. */
  empty: ReactNode;
  /** Words for the count, `{{count}} machines`. */
  countLabel: (count: number) => string;
  searchLabel: string;
  /** As in the address: `-created`. */
  defaultSort?: string;
  actions?: readonly Action<T>[];
  onOpen?: (row: T) => void;
  rowProgress?: (row: T) => RowProgress | null;
  /** Search, sort and filters in the address (default), or in the component for a table inside a page. */
  isInAddress?: boolean;
}

/** The list of every page: thousands of rows, only those on screen are in the document. */
export function DataTable<T extends { id: string }>(props: DataTableProps<T>) {
  const { t } = useTranslation('design');
  const { columns, actions = NO_ACTIONS, isInAddress = true } = props;
  const [search, setSearch] = useTableSearch(isInAddress);
  const openId = useOpenId(isInAddress);
  const where = useMemo(() => parseWhere(search.where), [search.where]);
  const sorting = useMemo(() => parseSort(search.sort ?? props.defaultSort), [search.sort, props.defaultSort]);
  const chosen = useTableViewStore((state) => state.columns[props.id]);
  const { setColumn, resetColumns } = useTableViewStore.getState();
  const [selection, setSelection] = useState<RowSelectionState>({});
  const [activeId, setActiveId] = useState<string | null>(openId ?? null);
  const [menu, setMenu] = useState<{ row: T; x: number; y: number } | null>(null);
  const anchor = useRef<string | null>(null);
  const viewport = useRef<HTMLDivElement>(null);
  const searchRef = useRef<HTMLInputElement>(null);
  const hasMenu = actions.length > 0;
  const hasSelection = actions.some(isForSeveral);

  const visibility = useMemo(
    () => Object.fromEntries(columns.map((column) => [column.id, chosen?.[column.id] ?? !column.isHidden])),
    [columns, chosen],
  );
  const definitions = useMemo<ColumnDef<typeof features, T>[]>(
    () =>
      columns.map((column) => ({
        id: column.id,
        header: column.header,
        accessorFn: (row: T) => column.value(row) ?? undefined,
        enableSorting: !column.isUnsortable,
        enableHiding: !column.isFixed,
        sortUndefined: 'last',
        sortFn: (a, b, id) => compareValues(a.getValue(id), b.getValue(id)),
      })),
    [columns],
  );

  const query = useDeferredValue(search.q ?? '');
  const all = props.rows ?? (NO_ROWS as readonly T[]);
  const data = useMemo(() => filterRows(all, columns, query, where), [all, columns, query, where]);
  const table = useTable({
    features,
    columns: definitions,
    data,
    getRowId: (row) => row.id,
    state: { sorting, columnVisibility: visibility, rowSelection: selection },
    manualSorting: props.paged?.isSorted ?? false,
    onSortingChange: (change) => {
      const next = typeof change === 'function' ? change(sorting) : change;
      setSearch({ sort: formatSort(next) });
    },
    onRowSelectionChange: setSelection,
  });
  const rows = table.getRowModel().rows;
  const ids = useMemo(() => rows.map((row) => row.id), [rows]);
  const width = useInnerWidth(viewport);
  const shown = useMemo(() => {
    const wanted = columns.filter((column) => visibility[column.id]);
    const kept = new Set(Object.keys(chosen ?? {}).filter((id) => chosen?.[id]));
    return fittingColumns(wanted, width, { hasSelection, hasMenu, kept });
  }, [columns, visibility, chosen, width, hasSelection, hasMenu]);
  const shownIds = useMemo(() => new Set(shown.map((column) => column.id)), [shown]);
  const tracks = columnTracks(shown as readonly Column<never>[], hasSelection, hasMenu);
  const minWidth = leastWidth(shown as readonly Column<never>[], hasSelection, hasMenu);
  // Rows a filter hides are left alone by bulk actions: nobody acts on what they do not see.
  const selected = useMemo(() => data.filter((row) => selection[row.id]), [data, selection]);
  // The rows as they are now: they may have changed since the menu opened.
  const menuThings = !menu
    ? []
    : selected.length > 1 && selection[menu.row.id]
      ? selected
      : [all.find((row) => row.id === menu.row.id) ?? menu.row];
  const areAllSelected = data.length > 0 && data.every((row) => selection[row.id]);

  const scroll = useRef<ScrollToRow>(() => undefined);
  // What handlers need of the latest render, without being made anew for it.
  const open = (row: T): void => {
    // What is open already is gone into: until then the list keeps the focus.
    if (row.id === openId) enterPanel();
    else props.onOpen?.(row);
  };
  const latest = useRef({ ids, open });
  useEffect(() => {
    latest.current = { ids, open };
  });

  const select = useCallback((id: string, isRange: boolean) => {
    const from = isRange && anchor.current !== null ? latest.current.ids.indexOf(anchor.current) : -1;
    const to = latest.current.ids.indexOf(id);
    if (from >= 0 && to >= 0) {
      const range = latest.current.ids.slice(Math.min(from, to), Math.max(from, to) + 1);
      setSelection((before) => ({ ...before, ...choose(range) }));
      return;
    }
    anchor.current = id;
    setSelection(({ [id]: wasSelected, ...rest }) => (wasSelected ? rest : { ...rest, [id]: true }));
  }, []);

  /** As in file managers: the menu of a chosen row is about all that is chosen, that of another chooses it alone. */
  const openMenu = useCallback(
    (row: T, x: number, y: number) => {
      if (hasSelection) setSelection((before) => (before[row.id] ? before : choose([row.id])));
      setMenu({ row, x, y });
    },
    [hasSelection],
  );

  const handlers = useMemo<RowHandlers<T>>(
    () => ({
      onActivate: setActiveId,
      onSelect: select,
      onOpen: (row) => latest.current.open(row),
      onMenu: openMenu,
    }),
    [select, openMenu],
  );

  /** From where the range began to here, and nothing else: going back makes it smaller. */
  const extend = (fromId: string, toId: string): void => {
    if (anchor.current === null || !ids.includes(anchor.current)) anchor.current = fromId;
    const ends = [ids.indexOf(anchor.current), ids.indexOf(toId)];
    setSelection(choose(ids.slice(Math.min(...ends), Math.max(...ends) + 1)));
  };
  const rowOf = (id: string): T | undefined => rows[ids.indexOf(id)]?.original;
  const move = (index: number): void => {
    setActiveId(ids[index] ?? null);
    scroll.current(index);
  };
  const enter = (): void => {
    viewport.current?.focus();
    if (activeId === null || !ids.includes(activeId)) move(0);
  };

  useShortcut({ keys: '/', label: t('shortcut.search'), group: t('shortcut.lists') }, () => searchRef.current?.focus());

  const toggleAll = (): void => setSelection(areAllSelected ? {} : choose(data.map((row) => row.id)));
  const isLoading = props.rows === undefined && !props.error;
  const isFilteredOut = all.length > 0 && rows.length === 0 && !props.paged;

  return (
    <div className={classes.root}>
      <TableToolbar
        columns={columns}
        rows={all}
        query={search.q ?? ''}
        onQuery={(q) => setSearch({ q: q || undefined })}
        where={where}
        onWhere={(next) => setSearch({ where: formatWhere(next) })}
        shownIds={shownIds}
        onShow={(columnId, isShown) => setColumn(props.id, columnId, isShown)}
        onResetColumns={() => resetColumns(props.id)}
        searchRef={searchRef}
        searchLabel={props.searchLabel}
        onEnterTable={enter}
      >
        {hasSelection && <BulkActions actions={actions} things={selected} onDone={() => setSelection({})} />}
      </TableToolbar>
      <div
        ref={viewport}
        className={classes.viewport}
        role="grid"
        aria-label={props.label}
        aria-rowcount={props.paged ? -1 : rows.length + 1}
        aria-colcount={shown.length}
        aria-multiselectable={hasSelection}
        aria-busy={isLoading}
        aria-activedescendant={activeId === null ? undefined : `row-${activeId}`}
        tabIndex={0}
        onKeyDown={(event) =>
          handleTableKey(event, {
            ids,
            activeId,
            pageRows: Math.max(1, Math.floor((viewport.current?.clientHeight ?? 0) / ROW_HEIGHT) - 2),
            onMove: (index, isExtending) => {
              if (!isExtending) anchor.current = null;
              move(index);
            },
            onToggle: (id) => hasSelection && select(id, false),
            onExtend: (fromId, toId) => hasSelection && extend(fromId, toId),
            onSelectAll: () => hasSelection && toggleAll(),
            onClear: () => setSelection({}),
            onOpen: (id) => {
              const row = rowOf(id);
              if (row) open(row);
            },
            onMenu: (id) => {
              const row = rowOf(id);
              const box = document.getElementById(`row-${id}`)?.getBoundingClientRect();
              if (row && box && hasMenu) openMenu(row, box.left + 48, box.bottom);
            },
          })
        }
      >
        <TableHead
          headers={table
            .getFlatHeaders()
            .filter(({ column }) => shownIds.has(column.id))
            .map(({ column }) => ({
              id: column.id,
              label: String(column.columnDef.header),
              direction: column.getIsSorted(),
              canSort: column.getCanSort(),
              align: columns.find(({ id }) => id === column.id)?.align,
              onSort: (isMulti) => column.toggleSorting(column.getIsSorted() === 'asc', isMulti),
            }))}
          tracks={tracks}
          minWidth={minWidth}
          hasSelection={hasSelection}
          isEmpty={rows.length === 0}
          chosen={areAllSelected ? 'all' : selected.length > 0 ? 'some' : 'none'}
          onToggleAll={toggleAll}
        />
        {isLoading && SKELETON_ROWS.map((key) => <div key={key} className={classes.skeleton} aria-hidden="true" />)}
        <TableBody
          rows={rows}
          viewport={viewport}
          scroll={scroll}
          columns={shown}
          tracks={tracks}
          minWidth={minWidth}
          selection={selection}
          activeId={activeId}
          openId={openId}
          onEnd={props.paged?.readMore}
          hasSelection={hasSelection}
          hasMenu={hasMenu}
          rowProgress={props.rowProgress}
          handlers={handlers}
        />
        {props.error !== undefined && props.error !== null && props.rows === undefined && (
          <div className={classes.message}>
            <ErrorAlert error={props.error} {...(props.onRetry ? { onRetry: props.onRetry } : {})} />
          </div>
        )}
        {!isLoading && props.rows?.length === 0 && props.empty}
        {isFilteredOut && (
          <div className={classes.nothing}>
            <span>{t('table.nothingFound')}</span>
            <button
              type="button"
              className={classes.link}
              onClick={() => setSearch({ q: undefined, where: undefined })}
            >
              {t('table.clearFilters')}
            </button>
          </div>
        )}
      </div>
      <TableStatus
        shown={rows.length}
        known={props.rows?.length}
        countLabel={props.countLabel}
        paged={props.paged}
        error={props.error}
        onRetry={props.onRetry}
        selected={selected.length}
        onClear={() => setSelection({})}
      />
      {menu && (
        <Menu opened onChange={() => setMenu(null)} position="bottom-start" offset={2}>
          <Menu.Target>
            <span className={classes.menuAnchor} style={{ left: menu.x, top: menu.y }} />
          </Menu.Target>
          <Menu.Dropdown>
            {menuThings.length > 1 && <Menu.Label>{t('table.selected', { count: menuThings.length })}</Menu.Label>}
            <ActionMenuItems
              actions={menuThings.length > 1 ? actions.filter(isForSeveral) : actions}
              things={menuThings}
              onDone={() => setSelection({})}
            />
          </Menu.Dropdown>
        </Menu>
      )}
    </div>
  );
}
