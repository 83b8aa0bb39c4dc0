import type { ConsoleType } from './console.ts';
import type { ServerView } from './openstack.ts';

/**
 * What only the desktop can do. Two closed maps: `invoke` from the dashboard to main (arguments are parsed with zod
 * in `main/ipc.ts`), `events` from main to the dashboard. Preload exposes them as `window.cumulet`.
 */
export interface IpcInvoke {
  /** A window of its own for a console; brings it to front when it is there already. */
  'console:open': (target: { serverId: string; type: ConsoleType; title: string }) => void;
  /** Native open dialog for images; empty when it was called off. The bytes come through the page's own file input or a drop. */
  'image:choose': () => { name: string; path: string; size: number }[];
  /** Save a text such as a private key or openrc through a native dialog, mode 0600. Answers false when cancelled. */
  'file:save': (file: { name: string; content: string }) => boolean;
  'notification:show': (notice: { title: string; body: string; link: string | null }) => void;
  /** The machines shown in the tray menu. */
  'tray:machines': (machines: Pick<ServerView, 'id' | 'name' | 'status'>[]) => void;
  /** A sign-in kept in the platform's keychain (safeStorage); null when none. */
  'keychain:load': () => string | null;
  'keychain:save': (secret: string) => void;
  'keychain:clear': () => void;
  'app:info': () => { version: string; platform: string; language: string };
  'app:open-external': (url: string) => void;
}

export interface IpcEvents {
  /** Follow a link inside the dashboard, from a deep link, a notification, the tray or the menu. */
  navigate: (path: string) => void;
  /** A menu or tray entry was chosen: `palette`, `launch`, `server.start:<id>`, `server.stop:<id>`, ... */
  command: (command: string) => void;
}

export interface DesktopBridge {
  invoke<K extends keyof IpcInvoke>(channel: K, ...args: Parameters<IpcInvoke[K]>): Promise<ReturnType<IpcInvoke[K]>>;
  on<K extends keyof IpcEvents>(channel: K, listener: IpcEvents[K]): () => void;
}
