import { useTranslation } from 'react-i18next';
import classes from './table.module.css';

/** Of a list of which the first pages are here. */
export interface PagedRows {
  readMore: () => void;
  /** In the order of the address already: the rows that are here must not be sorted among themselves. */
  isSorted: boolean;
  /** The rest comes by itself, for what can only be done to all. */
  isReadingAll: boolean;
}

export interface TableStatusProps {
  shown: number;
  /** Undefined before the first answer. */
  known: number | undefined;
  countLabel: (count: number) => string;
  paged: PagedRows | undefined;
  error: unknown;
  onRetry: (() => void) | undefined;
  selected: number;
  onClear: () => void;
}

/** The line below a list: how many there are, how many of them are chosen, and whether more are to come. */
export function TableStatus(props: TableStatusProps) {
  const { shown, known, countLabel, paged, error, onRetry, selected, onClear } = props;
  const { t } = useTranslation('design');
  const all = countLabel(known ?? 0);
  const what = shown === known ? all : t('table.someOf', { shown, all });
  const isBroken = paged && error !== undefined && error !== null;
  return (
    <div className={classes.status}>
      <span className="numeric" role="status">
        {known === undefined
          ? '\u00a0'
          : isBroken
            ? t('table.brokeOff', { what })
            : paged
              ? t(paged.isReadingAll ? 'table.readingOn' : 'table.soFar', { what })
              : what}
      </span>
      {isBroken && (
        <button type="button" className={classes.link} onClick={onRetry}>
          {t('tryAgain')}
        </button>
      )}
      {selected > 0 && (
        <>
          <span className="numeric">{t('table.selected', { count: selected })}</span>
          <button type="button" className={classes.link} onClick={onClear}>
            {t('table.clearSelection')}
          </button>
        </>
      )}
    </div>
  );
}
