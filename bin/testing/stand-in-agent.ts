import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { takeAgentLock } from '../../agent/agent-lock.ts';
import { CumuletError } from '../../app/contract/errors.ts';

/**
 * Holds the agent's lock of the data folder like an agent and notes each start in `starts`. Where the folder has a file
 * `crash` it ends at once instead; one `version` says which version it is of.
 */
const dataDir = process.argv[process.argv.indexOf('--data-dir') + 1] ?? '';
if (existsSync(join(dataDir, 'crash'))) {
  appendFileSync(join(dataDir, 'starts'), 'crash\n');
  process.exit(1);
}
try {
  const version = join(dataDir, 'version');
  const lock = existsSync(version)
    ? takeAgentLock(join(dataDir, 'agent'), readFileSync(version, 'utf8'))
    : takeAgentLock(join(dataDir, 'agent'));
  const keepAlive = setInterval(() => undefined, 60_000);
  process.on('SIGTERM', () => {
    clearInterval(keepAlive);
    lock.release();
  });
  appendFileSync(join(dataDir, 'starts'), `${process.pid}\n`);
} catch (error) {
  process.exit(error instanceof CumuletError && error.code === 'conflict' ? 75 : 1);
}
