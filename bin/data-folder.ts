import { mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { OperationalError } from '../app/contract/errors.ts';

const controllerFileSchema = z.object({ url: z.url(), pid: z.number().int().positive(), controllerId: z.string() });
/** What the running controller writes into `controller.json`. */
export type ControllerFile = z.infer<typeof controllerFileSchema>;

/** Names inside a data folder. */
export class DataFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  get configFile(): string {
    return join(this.path, 'config.toml');
  }

  get controllerFile(): string {
    return join(this.path, 'controller.json');
  }

  get adminPasswordFile(): string {
    return join(this.path, 'secrets', 'admin-password');
  }

  get agentSecretFile(): string {
    return join(this.path, 'secrets', 'agent');
  }

  get agentDir(): string {
    return join(this.path, 'agent');
  }

  /** Path of a log file; makes the folder. */
  logFile(name: 'controller' | 'agent' | 'agent-output'): string {
    const folder = join(this.path, 'logs');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return join(folder, `${name}.log`);
  }

  /** Why whatever runs on it ends: what it would write goes nowhere. */
  goneError(): OperationalError {
    return new OperationalError('unavailable', 'controller', `The data folder ${this.path} is not there any more.`, {
      hint: 'Cumulet stopped; machines that run were left alone. Put the folder back and start again.',
    });
  }

  /** The controller that says it runs on this folder, or null. A file left by one that was killed answers null. */
  readController(): ControllerFile | null {
    const text = readTextOrNull(this.controllerFile);
    if (text === null) return null;
    const parsed = controllerFileSchema.safeParse(parseJsonOrNull(text));
    return parsed.success && isProcessAlive(parsed.data.pid) ? parsed.data : null;
  }

  requireController(): ControllerFile {
    const controller = this.readController();
    if (controller === null) {
      throw new OperationalError('unavailable', 'user', `No Cumulet runs on the data folder ${this.path}.`, {
        hint: 'Start it with "npm start" or "cumulet serve", or name another folder with --data-dir.',
      });
    }
    return controller;
  }

  readAdminPassword(): string {
    const text = readTextOrNull(this.adminPasswordFile);
    if (text === null || text.trim() === '') {
      throw new OperationalError(
        'unavailable',
        'user',
        `${this.adminPasswordFile} holds no password that can be read.`,
        {
          hint: 'Run this as the user that started Cumulet; where the file is lost, cumulet reset-admin-password makes another.',
        },
      );
    }
    return text.trimEnd();
  }
}

/** The platform's usual place for application data. */
export function defaultDataDir(platform: NodeJS.Platform, env: NodeJS.ProcessEnv, home = homedir()): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Cumulet');
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'Cumulet');
  return join(env.XDG_DATA_HOME || join(home, '.local', 'share'), 'cumulet');
}

export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, it is another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function readTextOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function parseJsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
