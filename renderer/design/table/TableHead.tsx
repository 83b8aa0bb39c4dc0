// biome-ignore-all lint/a11y/useSemanticElements: virtual rows are placed absolutely, which table elements do not allow
// biome-ignore-all lint/a11y/useFocusableInteractive: the buttons inside take the focus
import { Checkbox } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from './table.module.css';

export interface HeadColumn {
  id: string;
  label: string;
  direction: 'asc' | 'desc' | false;
  canSort: boolean;
  align: 'end' | undefined;
  onSort: (isMulti: boolean) => void;
}

export interface TableHeadProps {
  headers: readonly HeadColumn[];
  tracks: string;
  minWidth: number;
  hasSelection: boolean;
  /** There is nothing to choose, yet or at all. */
  isEmpty: boolean;
  chosen: 'all' | 'some' | 'none';
  onToggleAll: () => void;
}

/** Stays on top while rows scroll. A click sorts, with Shift by one more column. */
export function TableHead({ headers, tracks, minWidth, hasSelection, isEmpty, chosen, onToggleAll }: TableHeadProps) {
  const { t } = useTranslation('design');
  return (
    <div role="rowgroup" className={classes.head} style={{ minWidth }}>
      <div role="row" aria-rowindex={1} className={classes.headRow} style={{ gridTemplateColumns: tracks }}>
        <div role="columnheader" className={classes.selectCell}>
          {hasSelection && (
            <Checkbox
              size="xs"
              aria-label={t('table.selectAll')}
              checked={chosen === 'all'}
              indeterminate={chosen === 'some'}
              disabled={isEmpty}
              onChange={onToggleAll}
            />
          )}
        </div>
        {headers.map(({ id, label, direction, canSort, align, onSort }) => (
          <div
            key={id}
            role="columnheader"
            className={classes.headCell}
            data-align={align}
            aria-sort={direction === 'asc' ? 'ascending' : direction === 'desc' ? 'descending' : 'none'}
          >
            <button
              type="button"
              className={classes.sortButton}
              disabled={!canSort}
              onClick={(event) => onSort(event.shiftKey)}
            >
              <span className="truncate">{label}</span>
              <span className={classes.sortMark} aria-hidden="true">
                {direction === 'asc' && <IconArrowUp size={12} />}
                {direction === 'desc' && <IconArrowDown size={12} />}
              </span>
            </button>
          </div>
        ))}
        <div role="columnheader" aria-label={t('moreActions')} />
      </div>
    </div>
  );
}
