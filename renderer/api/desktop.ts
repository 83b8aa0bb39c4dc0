import type { DesktopBridge } from '../../app/contract/ipc.ts';

declare global {
  interface Window {
    cumulet?: DesktopBridge;
  }
}

/** What only the desktop app can do; null in a browser. */
export function desktop(): DesktopBridge | null {
  return window.cumulet ?? null;
}
