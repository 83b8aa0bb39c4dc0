import { create } from 'zustand';
import { persist } from 'zustand/middleware';

export type PanelKind = 'normal' | 'wide';

/** Pixels; the same least widths stand in detail-panel.module.css and page.module.css. */
export const LEAST_PANEL = 320;
export const MOST_PANEL = 1200;
const USUAL = { normal: 440, wide: 640 };

/** How wide people drew the panel beside a list, kept on this computer. */
export const usePanelWidthStore = create<{ widths: Record<PanelKind, number> }>()(
  persist(() => ({ widths: USUAL }), {
    name: 'cumulet.panels',
    onRehydrateStorage: () => (state) => state && show(state),
  }),
);
show(usePanelWidthStore.getState());

export function setPanelWidth(kind: PanelKind, width: number): void {
  const fitting = Math.round(Math.min(MOST_PANEL, Math.max(LEAST_PANEL, width)));
  usePanelWidthStore.setState(({ widths }) => ({ widths: { ...widths, [kind]: fitting } }));
  show(usePanelWidthStore.getState());
}

export function resetPanelWidth(kind: PanelKind): void {
  setPanelWidth(kind, USUAL[kind]);
}

/** By the style sheet's own variables: the page beside it is laid out anew without being drawn anew. */
function show({ widths }: { widths: Record<PanelKind, number> }): void {
  for (const [kind, width] of Object.entries(widths)) {
    document.documentElement.style.setProperty(`--panel-${kind}`, `${width}px`);
  }
}
