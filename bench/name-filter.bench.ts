// `name=` over 10,000 servers: a pattern, matched in linear time, beside what SQLite's LIKE takes for the same rows.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { FaultCloud } from '../tests/faults/fault-cloud.ts';
import { report } from './figure.ts';
import { HttpClient } from './http-client.ts';
import { Samples } from './samples.ts';
import { seedServers } from './seeded-servers.ts';

const SERVERS = 10_000;
const ROUNDS = 15;

const cloud = await FaultCloud.create();
try {
  await cloud.startController();
  const image = await cloud.createImage({ name: 'bench', disk_format: 'raw' });
  seedServers(cloud.dataDir, SERVERS, image);
  const client = new HttpClient(cloud.url, { 'x-auth-token': cloud.token });
  const database = new DatabaseSync(join(cloud.dataDir, 'cumulet.db'), { readOnly: true });
  const like = database.prepare('SELECT id FROM compute_server WHERE deleted_at IS NULL AND name LIKE ?');
  for (const [pattern, liked] of [
    ['machine-0999', '%machine-0999%'],
    ['none-of-them', '%none-of-them%'],
    [`${'.?'.repeat(120)}zz`, '%zz'],
  ] as const) {
    const path = `/compute/v2.1/servers?name=${encodeURIComponent(pattern)}`;
    const ours = await Samples.take(ROUNDS, () => client.send('GET', path));
    const theirs = await Samples.take(ROUNDS, async () => like.all(liked));
    const figure = `name=${pattern.slice(0, 16)} over ${SERVERS} servers`;
    report({ figure, value: ours.median, unit: 'ms', peer: 'LIKE alone', peerValue: theirs.median });
  }
  database.close();
  client.close();
} finally {
  await cloud.destroy();
}
