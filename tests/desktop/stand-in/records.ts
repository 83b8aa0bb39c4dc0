import type { EventEmitter } from 'node:events';

/** What a person would see outside of the windows; tests read it as `globalThis.desktopRecords`. */
export interface DesktopRecords {
  /** Newest menu of the tray icon. */
  trayMenu: { items: unknown[] } | null;
  notifications: (EventEmitter & { title: string; body: string })[];
  openedExternally: string[];
}

declare global {
  var desktopRecords: DesktopRecords;
}

globalThis.desktopRecords ??= { trayMenu: null, notifications: [], openedExternally: [] };

export const records = globalThis.desktopRecords;
