import { contextBridge, ipcRenderer } from 'electron';
import type { DesktopBridge, IpcEvents, IpcInvoke } from '../../app/contract/ipc.ts';

/** The closed list: anything else is refused here, before it reaches the main process. */
const invokeChannels: Record<keyof IpcInvoke, true> = {
  'console:open': true,
  'image:choose': true,
  'file:save': true,
  'notification:show': true,
  'tray:machines': true,
  'keychain:load': true,
  'keychain:save': true,
  'keychain:clear': true,
  'app:info': true,
  'app:open-external': true,
};

/** What came before the page listened waits here: a link may arrive while the page still loads. */
const waiting: Record<keyof IpcEvents, string[]> = { navigate: [], command: [] };
const listeners: Record<keyof IpcEvents, Set<(text: string) => void>> = { navigate: new Set(), command: new Set() };

for (const channel of ['navigate', 'command'] as const) {
  // The event object stays here: through it a page would reach the whole of ipcRenderer.
  ipcRenderer.on(channel, (_event, text: string) => {
    if (listeners[channel].size === 0) waiting[channel].push(text);
    for (const listener of listeners[channel]) listener(text);
  });
}

const bridge: DesktopBridge = {
  invoke(channel, ...args) {
    if (!Object.hasOwn(invokeChannels, channel)) return Promise.reject(new Error(`There is no call ${channel}.`));
    return ipcRenderer.invoke(channel, ...args);
  },
  on(channel, listener) {
    if (!Object.hasOwn(listeners, channel)) throw new Error(`There is no event ${channel}.`);
    listeners[channel].add(listener);
    for (const text of waiting[channel].splice(0)) listener(text);
    return () => {
      listeners[channel].delete(listener);
    };
  },
};

contextBridge.exposeInMainWorld('cumulet', bridge);
