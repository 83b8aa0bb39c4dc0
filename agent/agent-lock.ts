import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { OperationalError } from '../app/contract/errors.ts';
import packageInfo from '../package.json' with { type: 'json' };
import { errorCode } from './disk-full.ts';

export interface AgentLock {
  release(): void;
}

export interface AgentHolder {
  pid: number;
  version: string;
}

/** What nothing refers to is closed by the garbage collector, and the lock gone with it. */
const held = new Set<DatabaseSync>();

/**
 * One agent per data folder. The lock is an SQLite file in an exclusive transaction: the operating system drops it
 * when the process dies, however it dies, so there is never a stale lock to clean up. `agent.pid` beside it says who
 * holds it, and of which version.
 */
export function takeAgentLock(folder: string, version: string = packageInfo.version): AgentLock {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const taken = lock(folder);
  if (taken instanceof Error) {
    const told = readHolder(folder);
    const pid = told === null ? '' : ` (pid ${told.pid})`;
    throw new OperationalError('conflict', 'agent', `Another agent${pid} already runs on the data folder ${folder}.`, {
      hint: 'Stop that agent first, or give this one a data folder of its own with --data-dir.',
      cause: taken,
    });
  }
  held.add(taken);
  const path = holderPath(folder);
  // Whole at once: others read it at any moment.
  writeFileSync(`${path}.new`, `${process.pid}\n${version}\n`);
  renameSync(`${path}.new`, path);
  return {
    release() {
      rmSync(path, { force: true });
      taken.exec('ROLLBACK');
      taken.close();
      held.delete(taken);
    },
  };
}

/**
 * Who holds the folder, as far as is known. Null where nobody does, and for the instant until a new holder has said who
 * it is: the file may still name one that was killed, so whoever means to signal the process looks whether it lives.
 */
export function agentHolder(folder: string): AgentHolder | null {
  // Looking makes nothing: a data folder that was taken away must not come back.
  if (!existsSync(folder)) return null;
  const probe = lock(folder);
  if (probe instanceof Error) return readHolder(folder);
  probe.close();
  return null;
}

/** The locked file, or why it could not be locked. */
function lock(folder: string): DatabaseSync | Error {
  const database = new DatabaseSync(join(folder, 'agent.lock'), { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    return error as Error;
  }
}

function readHolder(folder: string): AgentHolder | null {
  try {
    // Versions up to 0.1.0 noted the pid alone.
    const [pid = '', version = ''] = readFileSync(holderPath(folder), 'utf8').split('\n');
    return { pid: Number.parseInt(pid, 10), version };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function holderPath(folder: string): string {
  return join(folder, 'agent.pid');
}
