import { CloseButton } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { type ReactNode, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './detail-panel.module.css';
import { PanelEdge } from './PanelEdge.tsx';

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

/** Puts the focus into the panel that is open. */
export function enterPanel(): void {
  document.querySelector<HTMLElement>('[data-detail-panel]')?.focus();
}

/** What has Escape before a panel has it; closed ones may stay in the document out of sight. */
const OVER_IT = '[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]';

function isOnTop(): boolean {
  return [...document.querySelectorAll(OVER_IT)].every((each) => !each.checkVisibility());
}

/**
 * Details beside the list, which stays usable at the left of it; in a small window in place of the list. Its address is
 * the page's own link.
 */
export function DetailPanel({ title, state, actions, onClose, isWide, children }: DetailPanelProps) {
  const { t } = useTranslation('design');
  const panel = useRef<HTMLElement>(null);
  const close = (): void => {
    const { current } = panel;
    // Back to the list, where the next one is a key away.
    if (current?.contains(document.activeElement)) {
      current.parentElement?.querySelector<HTMLElement>('[role="grid"]')?.focus();
    }
    onClose();
  };
  useHotkeys([['Escape', () => isOnTop() && close()]]);
  return (
    <aside
      ref={panel}
      className={classes.panel}
      aria-label={typeof title === 'string' ? title : t('details')}
      data-detail-panel
      tabIndex={-1}
      data-wide={isWide || undefined}
    >
      <PanelEdge kind={isWide ? 'wide' : 'normal'} panel={panel} />
      <header className={classes.header}>
        <div className={classes.heading}>
          <h2 className={classes.title} title={typeof title === 'string' ? title : undefined}>
            {title}
          </h2>
          {state}
        </div>
        {actions}
        <CloseButton aria-label={t('close')} onClick={close} />
      </header>
      <div className={classes.body}>{children}</div>
    </aside>
  );
}
