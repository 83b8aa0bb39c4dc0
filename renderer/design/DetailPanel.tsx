import { CloseButton } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './detail-panel.module.css';

export interface DetailPanelProps {
  title: ReactNode;
  state?: ReactNode;
  actions?: ReactNode;
  /** Navigates to the address without the panel. */
  onClose: () => void;
  /** Wider, for tabs (PanelTabs) that hold tables. */
  isWide?: boolean;
  children: ReactNode;
}

/** Details over the right side of the list; what is beneath stays where it was. Its address is the page's own link. */
export function DetailPanel({ title, state, actions, onClose, isWide, children }: DetailPanelProps) {
  const { t } = useTranslation('design');
  useHotkeys([['Escape', onClose]]);
  return (
    <aside
      className={classes.panel}
      aria-label={typeof title === 'string' ? title : t('details')}
      data-wide={isWide || undefined}
    >
      <header className={classes.header}>
        <div className={classes.heading}>
          <h2 className={classes.title}>{title}</h2>
          {state}
        </div>
        {actions}
        <CloseButton aria-label={t('close')} onClick={onClose} />
      </header>
      <div className={classes.body}>{children}</div>
    </aside>
  );
}
