import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { OperationalError } from '../app/contract/errors.ts';
import packageInfo from '../package.json' with { type: 'json' };

export interface AgentLock {
  release(): void;
}

/**
 * One agent per data folder. The lock is an SQLite file in an exclusive transaction: the operating system drops it
 * when the process dies, however it dies, so there is never a stale lock to clean up. `agent.pid` beside it says who
 * holds it, and of which version.
 */
export function takeAgentLock(folder: string, version: string = packageInfo.version): AgentLock {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const holderPath = join(folder, 'agent.pid');
  const database = new DatabaseSync(join(folder, 'agent.lock'), { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw new OperationalError(
      'conflict',
      'agent',
      `Another agent${holder(holderPath)} already runs on the data folder ${folder}.`,
      { hint: 'Stop that agent first, or give this one a data folder of its own with --data-dir.', cause: error },
    );
  }
  writeFileSync(holderPath, `${process.pid}\n${version}\n`);
  return {
    release() {
      database.exec('ROLLBACK');
      database.close();
    },
  };
}

/** Only for the message: the file may be from an earlier holder for the instant between lock and write. */
function holder(path: string): string {
  try {
    return ` (pid ${readFileSync(path, 'utf8').split('\n')[0]})`;
  } catch {
    return '';
  }
}
