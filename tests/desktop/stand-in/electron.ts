/** The part of Electron's main-process module that `main/` uses. */
export { app } from './app.ts';
export { BrowserWindow } from './browser-window.ts';
export { dialog, Notification, nativeImage, screen, shell } from './desktop-services.ts';
export { ipcMain } from './ipc-main.ts';
export { Menu, Tray } from './menu.ts';
export { safeStorage } from './safe-storage.ts';
export { session } from './session.ts';
export { utilityProcess } from './utility-process.ts';
