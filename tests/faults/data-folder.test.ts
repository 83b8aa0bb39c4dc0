import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CumuletProcess } from './cumulet-process.ts';
import { FaultCloud } from './fault-cloud.ts';
import { processesNaming } from './process-table.ts';

let cloud: FaultCloud;
beforeEach(async () => {
  cloud = await FaultCloud.create();
  await cloud.startController();
});
afterEach(async () => {
  await cloud.destroy();
});

test('while another program holds the database, reads are answered and a change is refused with when to try again', async () => {
  const other = new DatabaseSync(join(cloud.dataDir, 'cumulet.db'));
  other.exec('BEGIN IMMEDIATE');
  let isAnswered = false;
  const change = fetch(`${cloud.url}/compute/v2.1/os-keypairs`, {
    method: 'POST',
    headers: { 'x-auth-token': cloud.token, 'content-type': 'application/json' },
    body: JSON.stringify({ keypair: { name: 'waits' } }),
  }).finally(() => {
    isAnswered = true;
  });
  for (let time = 0; time < 10; time++) {
    expect((await cloud.request('GET', '/compute/v2.1/os-keypairs')).body).toEqual({ keypairs: [] });
  }
  expect(isAnswered).toBe(false);
  const refused = await change;
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('5');
  expect(await refused.json()).toMatchObject({
    serviceUnavailable: { code: 503, message: expect.stringContaining('another program') },
  });
  other.exec('ROLLBACK');
  other.close();

  const again = await cloud.request('POST', '/compute/v2.1/os-keypairs', { keypair: { name: 'waits' } });
  expect(again.status).toBe(200);
  cloud.ledger.there('keypair', 'waits', { fingerprint: again.body.keypair.fingerprint });
  expect(await cloud.violations()).toEqual([]);
});

test('a database whose pages were overwritten is noticed at the start, named, and left as it is', async () => {
  await cloud.controller?.kill('SIGTERM');
  const file = join(cloud.dataDir, 'cumulet.db');
  overwriteMiddle(file);
  const before = readFileSync(file);

  const refused = CumuletProcess.start(['serve', '--no-agent', '--data-dir', cloud.dataDir, '--listen', '127.0.0.1:0']);
  expect(await refused.endsWithin(60)).toEqual({ code: 1, signal: null });
  expect(refused.output).toContain(`cumulet: The database ${file} is damaged:`);
  expect(refused.output).not.toMatch(/\n\s+at /);
  expect(readFileSync(file).equals(before)).toBe(true);
});

/** What may become of the log of the database between a crash and the next start; SQLite takes what is left for all. */
const LOST_LOGS: Record<string, (log: string) => void> = {
  removed: (log) => {
    rmSync(log);
    rmSync(log.replace('-wal', '-shm'));
  },
  'cut short': (log) => truncateSync(log, Math.floor(statSync(log).size / 2)),
  'overwritten at its end': (log) => {
    const { size } = statSync(log);
    const file = openSync(log, 'r+');
    writeSync(file, Buffer.alloc(size - Math.floor(size / 2), 0x5a), 0, undefined, Math.floor(size / 2));
    closeSync(file);
  },
};

test.each(Object.keys(LOST_LOGS))(
  'a log of the database that was %s is noticed, whatever had just been changed',
  async (how) => {
    await cloud.controller?.kill('SIGTERM');
    await cloud.startController();
    const made = await cloud.request('POST', '/compute/v2.1/os-keypairs', { keypair: { name: 'lost' } });
    expect(made.status).toBe(200);
    await cloud.controller?.kill('SIGKILL');
    LOST_LOGS[how]?.(join(cloud.dataDir, 'cumulet.db-wal'));

    const started = await cloud.startController();
    expect((await cloud.request('GET', '/compute/v2.1/os-keypairs')).body).toEqual({ keypairs: [] });
    expect((await cloud.request('GET', '/v1/unclaimed')).body.staleDatabase).toMatchObject({ kind: 'older' });
    expect(started.output).toContain('The database is older than the data folder around it');
    expect(await cloud.violations()).toEqual([]);
  },
);

function overwriteMiddle(path: string): void {
  const { size } = statSync(path);
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(64 * 1024, 0x5a), 0, 64 * 1024, Math.floor(size / 2 / 4096) * 4096);
  closeSync(file);
}

test('a data folder that is taken away stops controller and agent with a clear word, and does not come back', async () => {
  await cloud.controller?.kill('SIGTERM');
  const both = await cloud.startBoth({ hypervisor: 'simulated' });
  const away = `${cloud.dataDir}-moved-away`;
  renameSync(cloud.dataDir, away);
  try {
    expect(await both.endsWithin(60)).toEqual({ code: 1, signal: null });
    expect(both.output).toContain(`cumulet: The data folder ${cloud.dataDir} is not there any more.`);
    expect(processesNaming(cloud.dataDir)).toEqual([]);
    expect(existsSync(cloud.dataDir)).toBe(false);
  } finally {
    renameSync(away, cloud.dataDir);
  }
  await cloud.startController();
  expect(await cloud.violations()).toEqual([]);
});

test('an agent that runs by itself notices it too', async () => {
  const agent = await cloud.startAgent({ hypervisor: 'simulated' });
  const { controller } = cloud;
  const away = `${cloud.dataDir}-moved-away`;
  renameSync(cloud.dataDir, away);
  try {
    for (const running of [agent, controller]) {
      expect(await running?.endsWithin(60)).toEqual({ code: 1, signal: null });
      expect(running?.output).toContain(`cumulet: The data folder ${cloud.dataDir} is not there any more.`);
    }
    expect(existsSync(cloud.dataDir)).toBe(false);
  } finally {
    renameSync(away, cloud.dataDir);
  }
});
