import { app } from 'electron';
import { startDesktop } from './start.ts';
import { readStartOptions } from './start-options.ts';

const options = readStartOptions(process.argv, process.env, app.isPackaged);
// Before anything asks for it: windows, sign-in and Chromium's own files of two data folders must not mix.
if (options.profileDir !== null) app.setPath('userData', options.profileDir);
app.setName('Cumulet');
app.setAppUserModelId('org.cumulet.desktop');

// One desktop per profile: a second one hands over its link and ends.
if (app.requestSingleInstanceLock()) {
  // Not awaited here: Electron is ready only after this module has been loaded.
  startDesktop(options).catch((error: unknown) => {
    console.error(error);
    app.exit(1);
  });
} else {
  app.quit();
}
