// What the whole edge (token, policy, validation, answer) adds to a bare fastify route with the same tiny answer.
import { FaultCloud } from '../tests/faults/fault-cloud.ts';
import { inTurns, reportLoads, underLoad } from './load.ts';
import { PeerProcess } from './peer-process.ts';

const cloud = await FaultCloud.create();
const bare = await PeerProcess.start('bare-fastify');
try {
  await cloud.startController();
  const headers = { 'x-auth-token': cloud.token };
  const get = (origin: string, path: string, sent: Record<string, string>) => () =>
    underLoad(2000, origin, sent, (client) => client.send('GET', path));
  const theirs = get(bare.line, '/', {});
  reportLoads('public route', 'bare fastify', await inTurns(get(cloud.url, '/v1/status', {}), theirs));
  const ours = get(cloud.url, '/identity/v3/registered_limits', headers);
  reportLoads('route with token, policy and a query', 'bare fastify', await inTurns(ours, theirs), 'single-digit ms');
} finally {
  await bare.stop();
  await cloud.destroy();
}
