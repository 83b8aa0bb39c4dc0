import { parentPort, workerData } from 'node:worker_threads';
import { toWire, UserError } from '../contract/errors.ts';
import { copyDaily } from '../database/database-copies.ts';
import { makeLock } from './backup-cipher.ts';
import type { BackupOrder, WorkerNews } from './backup-thread.ts';
import { makeBackup } from './make-backup.ts';

const stop = new AbortController();
// A listener keeps the thread alive: its end is the end of the work.
parentPort?.once('message', () => stop.abort(new UserError('aborted', 'The backup was stopped.')));

try {
  tell({ result: await carryOut(workerData as BackupOrder) });
} catch (error) {
  tell({ error: toWire(error) });
} finally {
  parentPort?.close();
}

async function carryOut(order: BackupOrder): Promise<unknown> {
  if (order.op === 'copy-database') return await copyDaily(order.dataDir);
  if (order.op === 'lock') return await makeLock(order.passphrase);
  const { dataDir, file, lock } = order;
  return await makeBackup({
    ...{ dataDir, file, encryption: lock, signal: stop.signal },
    onProgress: (done, total) => tell({ done, total }),
  });
}

function tell(news: WorkerNews): void {
  parentPort?.postMessage(news);
}
