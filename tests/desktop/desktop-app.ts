import type { Page } from '@playwright/test';
import type * as electron from 'electron';

/** A started desktop, on Electron itself or on the stand-in. */
export interface DesktopApp {
  /** Runs a function in the main process, with Electron's module; it takes with it only `argument`. */
  evaluate<R, A = undefined>(run: (module: typeof electron, argument: A) => R | Promise<R>, argument?: A): Promise<R>;
  /** The first page, also one that is open already, whose address matches. */
  window(address: RegExp): Promise<Page>;
  /** Starts a second desktop on the same profile and waits until it has ended. */
  startAgain(...args: string[]): Promise<void>;
  /** Resolves with the exit code when the desktop has ended by itself. */
  readonly ended: Promise<number | null>;
  /** Asks it to end like the end of a session does, and waits; machines go on. */
  close(): Promise<void>;
}

export interface DesktopStart {
  dataDir: string;
  /** Arguments after the settings, such as a deep link. */
  args?: string[];
}

export interface DesktopDriver {
  start(options: DesktopStart): Promise<DesktopApp>;
  /** Lets go of what all starts share. */
  close(): Promise<void>;
}

/** The settings every start of a test has. */
export function argumentsOf({ dataDir, args = [] }: DesktopStart): string[] {
  return ['--data-dir', dataDir, '--listen', '127.0.0.1:0', '--hypervisor', 'simulated', ...args];
}
