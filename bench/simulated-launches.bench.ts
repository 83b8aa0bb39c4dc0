// Everything a launch costs but the hypervisor: 200 machines to ACTIVE, and one alone. The hypervisor is simulated.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { FaultCloud } from '../tests/faults/fault-cloud.ts';
import { EventListener } from '../tests/integration/event-listener.ts';
import { report } from './figure.ts';
import { Samples } from './samples.ts';

const MACHINES = 200;
/** Durable transactions a launch cannot do without: wish, schedule, ports, spawn, activate. */
const COMMITS = 5;

const cloud = await FaultCloud.create();
try {
  await cloud.startController();
  await cloud.startAgent({ hypervisor: 'simulated' });
  const image = await cloud.uploadGuest();
  const events = await EventListener.open(cloud.url, cloud.token);
  const isActive = (id: string) => events.event('compute.instance.create.end', id);

  const single = await Samples.take(20, async () => isActive(await cloud.launch(image)), 3);
  const perSecond = await bareCommitsPerSecond();
  report({
    figure: 'one simulated launch to ACTIVE',
    value: single.median,
    unit: 'ms',
    peer: `${COMMITS} bare commits`,
    peerValue: (1000 * COMMITS) / perSecond,
  });

  const begun = performance.now();
  const ids = await Promise.all(
    Array.from({ length: MACHINES }, (_, index) => cloud.launch(image, { name: `m-${index}` })),
  );
  await Promise.all(ids.map(isActive));
  const seconds = (performance.now() - begun) / 1000;
  report({
    figure: `${MACHINES} simulated launches`,
    value: MACHINES / seconds,
    unit: 'machines/s',
    peer: `${COMMITS} bare commits each`,
    peerValue: perSecond / COMMITS,
  });
  events.close();
} finally {
  await cloud.destroy();
}

/** What the disk and SQLite allow at `synchronous=FULL`, one row a transaction. */
async function bareCommitsPerSecond(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'cumulet-bench-'));
  const database = new DatabaseSync(join(folder, 'bare.db'));
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT)',
  );
  const insert = database.prepare('INSERT INTO t (body) VALUES (?)');
  const body = 'x'.repeat(1000);
  const begun = performance.now();
  const count = 1000;
  for (let index = 0; index < count; index++) insert.run(body);
  const seconds = (performance.now() - begun) / 1000;
  database.close();
  await rm(folder, { recursive: true });
  return count / seconds;
}
