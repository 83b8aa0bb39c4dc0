import { type KeyboardEvent, type PointerEvent, type RefObject, useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './detail-panel.module.css';
import {
  LEAST_PANEL,
  MOST_PANEL,
  type PanelKind,
  resetPanelWidth,
  setPanelWidth,
  USUAL_PANEL,
  usePanelWidthStore,
} from './panel-width.store.ts';

const STEP = 24;

/** The edge between list and panel: drawn by pointer, moved by arrow keys, a double click puts it back. */
export function PanelEdge({ kind, panel }: { kind: PanelKind; panel: RefObject<HTMLElement | null> }) {
  const { t } = useTranslation('design');
  const width = usePanelWidthStore(({ widths }) => widths[kind] ?? USUAL_PANEL[kind]);
  const [isHeld, setHeld] = useState(false);
  // The panel may be narrower than what was asked for: the list keeps its least width.
  const widthNow = (): number => panel.current?.offsetWidth ?? width;
  const move = (event: PointerEvent): void => {
    const box = panel.current?.getBoundingClientRect();
    if (isHeld && box) setPanelWidth(kind, box.right - event.clientX);
  };
  const press = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: STEP, ArrowRight: -STEP }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    setPanelWidth(kind, widthNow() + step);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule cannot be moved
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={t('resizePanel')}
      aria-valuenow={width}
      aria-valuemin={LEAST_PANEL}
      aria-valuemax={MOST_PANEL}
      tabIndex={0}
      className={classes.edge}
      data-held={isHeld || undefined}
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        setHeld(true);
      }}
      onPointerMove={move}
      onPointerUp={() => setHeld(false)}
      onPointerCancel={() => setHeld(false)}
      onDoubleClick={() => resetPanelWidth(kind)}
      onKeyDown={press}
    />
  );
}
