import { desktop } from '../api/desktop.ts';
import { isOwnPath } from '../api/own-path.ts';
import { navigate, openAddress } from './navigate.ts';
import { openPalette } from './palette.store.ts';

/** What menus and the tray of the desktop app ask for: `palette`, `launch`, `server.start:<id>`. */
const commands = new Map<string, (argument: string) => void>([
  ['palette', openPalette],
  ['launch', () => void navigate({ to: '/launch' })],
]);

/** Takes up a command by the name before its colon; for the resource that can carry it out. */
export function registerDesktopCommand(name: string, run: (argument: string) => void): void {
  commands.set(name, run);
}

/** Links and commands from outside the page. */
export function followDesktop(): void {
  const bridge = desktop();
  if (!bridge) return;
  bridge.on('navigate', (path) => {
    if (isOwnPath(path)) openAddress(path);
  });
  bridge.on('command', (command) => {
    const at = command.indexOf(':');
    const name = at === -1 ? command : command.slice(0, at);
    commands.get(name)?.(at === -1 ? '' : command.slice(at + 1));
  });
}
