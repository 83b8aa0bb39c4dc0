import { create } from 'zustand';
import { persist } from 'zustand/middleware';

export type PanelKind = 'normal' | 'wide';
type Widths = Partial<Record<PanelKind, number>>;

/** Pixels; the list's least width, and what nobody drew, stand in page.module.css. */
export const LEAST_PANEL = 320;
export const MOST_PANEL = 1200;
export const USUAL_PANEL = { normal: 440, wide: 640 };

/** How wide people drew the panel beside a list, kept on this computer; the style sheet fits the others to the window. */
export const usePanelWidthStore = create<{ widths: Widths }>()(
  persist((): { widths: Widths } => ({ widths: {} }), {
    name: 'cumulet.panels',
    onRehydrateStorage: () => (state) => state && show(state),
  }),
);
show(usePanelWidthStore.getState());

export function setPanelWidth(kind: PanelKind, width: number): void {
  const fitting = Math.round(Math.min(MOST_PANEL, Math.max(LEAST_PANEL, width)));
  put({ ...usePanelWidthStore.getState().widths, [kind]: fitting });
}

export function resetPanelWidth(kind: PanelKind): void {
  const { [kind]: _drawn, ...widths } = usePanelWidthStore.getState().widths;
  put(widths);
}

function put(widths: Widths): void {
  usePanelWidthStore.setState({ widths });
  show({ widths });
}

/** By the style sheet's own variables: the page beside it is laid out anew without being drawn anew. */
function show({ widths }: { widths: Widths }): void {
  const { style } = document.documentElement;
  for (const kind of ['normal', 'wide'] as const) {
    const drawn = widths[kind];
    if (drawn === undefined) style.removeProperty(`--panel-${kind}`);
    else style.setProperty(`--panel-${kind}`, `${drawn}px`);
  }
}
