// What one request costs the controller in processor time, beside the unavoidable part of it in the same run.
import { join } from 'node:path';
import { FaultCloud, MICROVERSION } from '../tests/faults/fault-cloud.ts';
import { report } from './figure.ts';
import { underLoad } from './load.ts';
import { PeerProcess } from './peer-process.ts';
import { type Asked, reportProcessorTime } from './processor-time.ts';
import { seedServers } from './seeded-servers.ts';

const STORED = 10_000;
const PAGE = 1_000;

const cloud = await FaultCloud.create();
const peers: PeerProcess[] = [];
const start = async (name: string, ...args: string[]): Promise<PeerProcess> => {
  const peer = await PeerProcess.start(name, ...args);
  peers.push(peer);
  return peer;
};
try {
  const { pid } = await cloud.startController();
  const image = await cloud.createImage({ name: 'bench', disk_format: 'raw' });
  const ids = seedServers(cloud.dataDir, STORED, image);
  const database = join(cloud.dataDir, 'cumulet.db');

  const http = await start('bare-http');
  await underLoad(5_000, http.line, {}, (client) => client.send('GET', '/'));
  const most = await underLoad(20_000, http.line, {}, (client) => client.send('GET', '/'));
  report({ figure: 'the most that these clients ask for, of a bare server', value: most.perSecond, unit: '/s' });

  const token = { 'x-auth-token': cloud.token, 'x-subject-token': cloud.token, ...MICROVERSION };
  const ours = (path: (round: number) => string): Asked => ({ pid, origin: cloud.url, headers: token, path });
  const theirs = ({ pid, line }: PeerProcess): Asked => ({ pid, origin: line, headers: token, path: () => '/' });
  const fastify = theirs(await start('bare-fastify'));
  const lookup = theirs(await start('bare-lookup', database));
  const rows = theirs(await start('bare-rows', database, String(PAGE)));
  await reportProcessorTime(
    'processor time of a token validation',
    3_000,
    ours(() => '/identity/v3/auth/tokens'),
    { 'bare fastify': fastify, 'bare lookup': lookup },
    '0.27 ms',
  );
  await reportProcessorTime(
    'processor time of one server',
    3_000,
    ours((round) => `/compute/v2.1/servers/${ids[(round * 7) % STORED]}`),
    { 'bare fastify': fastify, 'bare lookup': lookup },
    '0.35 ms',
  );
  await reportProcessorTime(
    'processor time of 1,000 servers in detail',
    40,
    ours(() => `/compute/v2.1/servers/detail?limit=${PAGE}`),
    { 'bare rows as JSON': rows },
    '25 ms',
  );
} finally {
  for (const peer of peers) await peer.stop();
  await cloud.destroy();
}
