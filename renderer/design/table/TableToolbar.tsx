import { ActionIcon, Button, Checkbox, Menu, Popover, ScrollArea, TextInput, Tooltip } from '@mantine/core';
import { IconChevronDown, IconColumns3, IconSearch, IconX } from '@tabler/icons-react';
import { type ReactNode, type RefObject, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '../../i18n/formatters.ts';
import type { Column } from './column.ts';
import classes from './table.module.css';
import { facetValues } from './table-rows.ts';
import type { Where } from './table-search.ts';

export interface TableToolbarProps<T> {
  columns: readonly Column<T>[];
  rows: readonly T[];
  query: string;
  onQuery: (query: string) => void;
  where: Where;
  onWhere: (where: Where) => void;
  shownIds: ReadonlySet<string>;
  onShow: (columnId: string, isShown: boolean) => void;
  onResetColumns: () => void;
  searchRef: RefObject<HTMLInputElement | null>;
  searchLabel: string;
  /** From the search down to the first row. */
  onEnterTable: () => void;
  /** Bulk actions. */
  children?: ReactNode;
}

export function TableToolbar<T>(props: TableToolbarProps<T>) {
  const { t } = useTranslation('design');
  const { columns, query, onQuery, where, onWhere } = props;
  const hasFilters = query !== '' || Object.keys(where).length > 0;
  return (
    <div className={classes.toolbar} role="toolbar" aria-label={t('table.toolbar')}>
      <TextInput
        ref={props.searchRef}
        className={classes.search}
        type="search"
        placeholder={props.searchLabel}
        aria-label={props.searchLabel}
        leftSection={<IconSearch size={14} aria-hidden="true" />}
        value={query}
        onChange={(event) => onQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && query !== '') onQuery('');
          else if (event.key === 'ArrowDown') props.onEnterTable();
          else return;
          event.preventDefault();
        }}
      />
      {columns
        .filter((column) => column.filter)
        .map((column) => (
          <FacetFilter
            key={column.id}
            column={column}
            rows={props.rows}
            chosen={where[column.id] ?? []}
            onChange={(values) => onWhere({ ...where, [column.id]: values })}
          />
        ))}
      <Tooltip label={t('table.clearFilters')}>
        <ActionIcon
          aria-label={t('table.clearFilters')}
          className={classes.clear}
          data-shown={hasFilters || undefined}
          tabIndex={hasFilters ? 0 : -1}
          onClick={() => {
            onQuery('');
            onWhere({});
          }}
        >
          <IconX size={16} />
        </ActionIcon>
      </Tooltip>
      <div className={classes.toolbarActions}>
        {props.children}
        <ColumnChooser {...props} />
      </div>
    </div>
  );
}

interface FacetFilterProps<T> {
  column: Column<T>;
  rows: readonly T[];
  chosen: readonly string[];
  onChange: (values: string[]) => void;
}

function FacetFilter<T>({ column, rows, chosen, onChange }: FacetFilterProps<T>) {
  const { t } = useTranslation('design');
  const [isOpen, setOpen] = useState(false);
  const values = useMemo(() => (isOpen ? facetValues(rows, column) : []), [isOpen, rows, column]);
  const label = (value: string): string => (value === '' ? '–' : (column.filter?.label?.(value) ?? value));
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" trapFocus>
      <Popover.Target>
        <Button
          variant="default"
          className={classes.facet}
          data-active={chosen.length > 0 || undefined}
          rightSection={<IconChevronDown size={14} aria-hidden="true" />}
          onClick={() => setOpen(!isOpen)}
        >
          {chosen.length === 0
            ? column.header
            : `${column.header}: ${chosen.length === 1 ? label(chosen[0] ?? '') : chosen.length}`}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={8}>
        <ScrollArea.Autosize mah={320} miw={200} type="auto">
          <fieldset className={classes.facetList}>
            <legend className={classes.hidden}>{column.header}</legend>
            {values.map(({ value, count }) => (
              <Checkbox
                key={value}
                checked={chosen.includes(value)}
                label={
                  <span className={classes.facetLabel}>
                    <span className="truncate">{label(value)}</span>
                    <span className="muted numeric">{formatNumber(count)}</span>
                  </span>
                }
                classNames={{ body: classes.facetBody, labelWrapper: classes.facetLabelWrapper }}
                onChange={(event) =>
                  onChange(event.currentTarget.checked ? [...chosen, value] : chosen.filter((each) => each !== value))
                }
              />
            ))}
            {values.length === 0 && <span className="muted">{t('table.noValues')}</span>}
          </fieldset>
        </ScrollArea.Autosize>
      </Popover.Dropdown>
    </Popover>
  );
}

function ColumnChooser<T>({ columns, shownIds, onShow, onResetColumns }: TableToolbarProps<T>) {
  const { t } = useTranslation('design');
  return (
    <Menu position="bottom-end" closeOnItemClick={false}>
      <Menu.Target>
        <Tooltip label={t('table.columns')}>
          <ActionIcon aria-label={t('table.columns')}>
            <IconColumns3 size={16} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {columns.map((column) => (
          <Menu.CheckboxItem
            key={column.id}
            checked={shownIds.has(column.id)}
            disabled={column.isFixed ?? false}
            onChange={(isShown) => onShow(column.id, isShown)}
          >
            {column.header}
          </Menu.CheckboxItem>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={onResetColumns}>{t('table.resetColumns')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
