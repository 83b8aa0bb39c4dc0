import { app } from 'electron';
import { DEEP_LINK_SCHEME, parseDeepLink } from './deep-links.ts';
import { findDeepLink } from './start-options.ts';

/**
 * A second start, and links from other programs, come to this one: `open` shows the window, at `path` where there is one.
 * On macOS links come as an event, elsewhere as the second start's arguments.
 */
export function followOtherStarts(open: (path: string | null) => void): void {
  app.on('second-instance', (_event, argv) => open(findDeepLink(argv)));
  app.on('open-url', (event, url) => {
    event.preventDefault();
    const path = parseDeepLink(url);
    if (path !== null) open(path);
  });
  app.on('activate', () => open(null));
  // From the sources the link would start a bare Electron.
  if (app.isPackaged) app.setAsDefaultProtocolClient(DEEP_LINK_SCHEME);
}
