// How many projects' networks a second come to be, each with its subnet and a port; and what a list of ports costs beside
// the bare query for the same rows.
import { join } from 'node:path';
import { FaultCloud } from '../tests/faults/fault-cloud.ts';
import { report } from './figure.ts';
import { HttpClient } from './http-client.ts';
import { inTurns, reportLoads, underLoad } from './load.ts';
import { PeerProcess } from './peer-process.ts';
import { processorTimeOf, reportProcessorTime } from './processor-time.ts';
import { Samples } from './samples.ts';

const TRIPLES = 600;
const PAGE = 1_000;
const LISTS = 40;
const ROOT = '/network/v2.0';

const cloud = await FaultCloud.create();
let rows: PeerProcess | undefined;
try {
  const { pid } = await cloud.startController();
  const token = { 'x-auth-token': cloud.token };
  const unlimited = { quota: { network: -1, subnet: -1, port: -1 } };
  const make = async (client: HttpClient, kind: string, sent: object): Promise<{ id: string; project_id: string }> =>
    JSON.parse(String(await client.send('POST', `${ROOT}/${kind}s`, { [kind]: sent })))[kind];
  const triple = async (client: HttpClient, round: number) => {
    const { id: network_id } = await make(client, 'network', { name: `net ${round}` });
    await make(client, 'subnet', { network_id, ip_version: 4, cidr: '10.5.0.0/24' });
    await make(client, 'port', { network_id });
  };
  await underLoad(1, cloud.url, token, async (client) => {
    const { project_id } = await make(client, 'network', { name: 'first' });
    await client.send('PUT', `${ROOT}/quotas/${project_id}`, unlimited);
  });
  await underLoad(50, cloud.url, token, triple);
  const before = processorTimeOf(pid);
  const made = await underLoad(TRIPLES, cloud.url, token, triple);
  const worked = processorTimeOf(pid) - before;
  report({ figure: 'networks with a subnet and a port made', value: made.perSecond, unit: '/s', aim: '150/s' });
  report({ figure: 'one of them, p50', value: made.samples.percentile(50), unit: 'ms' });
  report({ figure: 'processor time of one of them', value: worked / TRIPLES, unit: 'ms' });

  await underLoad(1, cloud.url, token, async (client) => {
    const { id: network_id } = await make(client, 'network', { name: 'wide' });
    await make(client, 'subnet', { network_id, ip_version: 4, cidr: '10.6.0.0/16' });
    for (let made = 0; made < PAGE; made += 500) {
      const ports = Array.from({ length: 500 }, (_, index) => ({ network_id, name: `port ${made + index}` }));
      await client.send('POST', `${ROOT}/ports`, { ports });
    }
  });
  rows = await PeerProcess.start('bare-rows', join(cloud.dataDir, 'cumulet.db'), String(PAGE), 'ports');
  const { line } = rows;
  const loads = await inTurns(
    () => underLoad(LISTS, cloud.url, token, (client) => client.send('GET', `${ROOT}/ports?limit=${PAGE}`)),
    () => underLoad(LISTS, line, {}, (client) => client.send('GET', '/')),
  );
  reportLoads('lists of 1,000 ports by 8 clients', 'bare rows as JSON', loads);
  const client = new HttpClient(cloud.url, token);
  const alone = await Samples.take(LISTS, () => client.send('GET', `${ROOT}/ports?limit=${PAGE}`));
  client.close();
  report({ figure: 'a list of 1,000 ports, alone', value: alone.median, unit: 'ms', aim: '20 ms' });
  await reportProcessorTime(
    'processor time of a list of 1,000 ports',
    LISTS,
    { pid, origin: cloud.url, headers: token, path: () => `${ROOT}/ports?limit=${PAGE}` },
    { 'bare rows as JSON': { pid: rows.pid, origin: line, path: () => '/' } },
    '20 ms',
  );
} finally {
  await rows?.stop();
  await cloud.destroy();
}
