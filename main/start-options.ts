import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parseDeepLink } from './deep-links.ts';

export interface StartOptions {
  /** Arguments for the controller's and the agent's own command line; they read the rest of the settings themselves. */
  forController: string[];
  forAgent: string[];
  /** Where the desktop keeps what is its own; null for the platform's usual place. */
  profileDir: string | null;
  /** Page that a deep link asks for. */
  path: string | null;
}

/** Reads what Electron was started with; Chromium's switches and whatever else we do not know are not ours. */
export function readStartOptions(argv: readonly string[], env: NodeJS.ProcessEnv, isPackaged: boolean): StartOptions {
  const { values, positionals } = parseArgs({
    args: argv.slice(isPackaged ? 1 : 2),
    options: { 'data-dir': { type: 'string' }, listen: { type: 'string' }, hypervisor: { type: 'string' } },
    strict: false,
    allowPositionals: true,
  });
  const given = (name: 'data-dir' | 'listen' | 'hypervisor') => {
    const value = values[name];
    return typeof value === 'string' && value !== '' ? [`--${name}`, value] : [];
  };
  const dataDir = given('data-dir')[1] ?? env.CUMULET_DATA_DIR;
  return {
    forController: [...given('data-dir'), ...given('listen')],
    forAgent: [...given('data-dir'), ...given('hypervisor')],
    profileDir: dataDir ? join(resolve(dataDir), 'desktop') : null,
    path: findDeepLink(positionals),
  };
}

/** The page of the first `cumulet:` link among a program's arguments. */
export function findDeepLink(args: readonly string[]): string | null {
  for (const text of args) {
    const path = parseDeepLink(text);
    if (path !== null) return path;
  }
  return null;
}
