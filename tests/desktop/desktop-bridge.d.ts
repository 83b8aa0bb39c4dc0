import type { DesktopBridge } from '../../app/contract/ipc.ts';

declare global {
  interface Window {
    /** What the preload script gives the dashboard. */
    cumulet?: DesktopBridge;
  }
}
