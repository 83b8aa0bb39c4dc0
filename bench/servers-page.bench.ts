// Reading servers with 10,000 stored: a page of 1,000 with all details, one alone, and those of a name.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { FaultCloud, MICROVERSION } from '../tests/faults/fault-cloud.ts';
import { report } from './figure.ts';
import { HttpClient } from './http-client.ts';
import { PeerProcess } from './peer-process.ts';
import { Samples } from './samples.ts';
import { seedServers } from './seeded-servers.ts';

const STORED = 10_000;
const PAGE = 1_000;

const cloud = await FaultCloud.create();
try {
  await cloud.startController();
  const image = await cloud.createImage({ name: 'bench', disk_format: 'raw' });
  const ids = seedServers(cloud.dataDir, STORED, image);
  const rows = await PeerProcess.start('bare-rows', join(cloud.dataDir, 'cumulet.db'), String(PAGE));
  const one = await PeerProcess.start('bare-fastify');
  const ours = new HttpClient(cloud.url, { 'x-auth-token': cloud.token, ...MICROVERSION });
  const bareRows = new HttpClient(rows.line);
  const bareOne = new HttpClient(one.line);

  const path = `/compute/v2.1/servers/detail?limit=${PAGE}`;
  const { servers } = JSON.parse(String(await ours.send('GET', path)));
  if (servers.length !== PAGE || Object.keys(servers[0].addresses).length !== 1)
    throw new Error('Not the page we meant');
  const page = await Samples.take(100, () => ours.send('GET', path), 10);
  const peerPage = await Samples.take(100, () => bareRows.send('GET', '/'), 10);
  const peer = 'bare rows as JSON';
  report({
    figure: 'page of 1,000 of 10,000 servers, p50',
    value: page.median,
    unit: 'ms',
    peer,
    peerValue: peerPage.median,
  });
  report({
    figure: 'page of 1,000 of 10,000 servers, p99',
    value: page.percentile(99),
    unit: 'ms',
    peer,
    peerValue: peerPage.percentile(99),
  });

  const show = await Samples.take(
    500,
    (round) => ours.send('GET', `/compute/v2.1/servers/${ids[Math.abs(round) * 7]}`),
    50,
  );
  const peerShow = await Samples.take(500, () => bareOne.send('GET', '/'), 50);
  const aim = 'single-digit ms';
  report({
    figure: 'one server of 10,000, p50',
    value: show.median,
    unit: 'ms',
    peer: 'bare fastify',
    peerValue: peerShow.median,
    aim,
  });
  report({
    figure: 'one server of 10,000, p99',
    value: show.percentile(99),
    unit: 'ms',
    peer: 'bare fastify',
    peerValue: peerShow.percentile(99),
    aim,
  });

  const database = new DatabaseSync(join(cloud.dataDir, 'cumulet.db'), { readOnly: true });
  const like = database.prepare('SELECT id FROM compute_server WHERE project_id IS NOT ? AND name LIKE ?');
  for (const [what, name, sought] of [
    ['a word', 'machine-0777', '%machine-0777%'],
    ['a pattern', '^(old-)?machine-0?[[:digit:]]77[0-4]$', '%77_%'],
    ['a pattern that V8 would not end', `${'.?'.repeat(120)}zz`, '%zz%'],
  ] as const) {
    const filter = `/compute/v2.1/servers?name=${encodeURIComponent(name)}`;
    const found = await Samples.take(20, () => ours.send('GET', filter));
    const peerFound = await Samples.take(20, async () => like.all('', sought));
    report({
      figure: `servers of 10,000 by ${what}`,
      value: found.median,
      unit: 'ms',
      peer: "SQLite's LIKE, without HTTP",
      peerValue: peerFound.median,
    });
  }
  database.close();
  for (const client of [ours, bareRows, bareOne]) client.close();
  await rows.stop();
  await one.stop();
} finally {
  await cloud.destroy();
}
