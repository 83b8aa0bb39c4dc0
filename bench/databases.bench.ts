// The same on SQLite and on a PostgreSQL server of this computer, both durable: machines launched by eight clients on a
// simulated hypervisor, a page of 1,000 of them, a token validation. SQLite is the peer.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { PostgresServer } from '../app/database/testing/postgres-server.ts';
import { FaultCloud, MICROVERSION } from '../tests/faults/fault-cloud.ts';
import { EventListener } from '../tests/integration/event-listener.ts';
import { report } from './figure.ts';
import { HttpClient } from './http-client.ts';
import { Samples } from './samples.ts';

const CLIENTS = 8;
const MACHINES = 1_000;

interface Figures {
  launches: number;
  page: Samples;
  validation: Samples;
}

async function measure(url?: string): Promise<Figures> {
  const cloud = await FaultCloud.create();
  try {
    if (url !== undefined) {
      await writeFile(join(cloud.dataDir, 'config.toml'), `[database]\nurl = ${JSON.stringify(url)}\n`, {
        mode: 0o600,
      });
    }
    await cloud.startController();
    await cloud.startAgent({ hypervisor: 'simulated' });
    const image = await cloud.uploadGuest();
    return {
      launches: await launchesPerSecond(cloud, image),
      ...(await readings(cloud)),
    };
  } finally {
    await cloud.destroy();
  }
}

async function launchesPerSecond(cloud: FaultCloud, image: string): Promise<number> {
  const events = await EventListener.open(cloud.url, cloud.token);
  const begun = performance.now();
  let left = MACHINES;
  const client = async () => {
    while (left > 0) {
      left -= 1;
      await events.event('compute.instance.create.end', await cloud.launch(image, { name: `machine-${left}` }));
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  events.close();
  return MACHINES / ((performance.now() - begun) / 1000);
}

async function readings(cloud: FaultCloud): Promise<Pick<Figures, 'page' | 'validation'>> {
  const client = new HttpClient(cloud.url, {
    'x-auth-token': cloud.token,
    'x-subject-token': cloud.token,
    ...MICROVERSION,
  });
  const path = `/compute/v2.1/servers/detail?limit=${MACHINES}`;
  const { servers } = JSON.parse(String(await client.send('GET', path)));
  if (servers.length !== MACHINES) throw new Error(`A page of ${servers.length}`);
  const page = await Samples.take(50, () => client.send('GET', path), 10);
  const validation = await Samples.take(500, () => client.send('GET', '/identity/v3/auth/tokens'), 50);
  client.close();
  return { page, validation };
}

const server = PostgresServer.start({ isDurable: true });
try {
  const url = `postgresql://cumulet@${encodeURIComponent(server.folder)}/postgres`;
  const sqlite = await measure();
  const postgres = await measure(url);
  const peer = 'the same on SQLite';
  const line = (figure: string, of: (figures: Figures) => number, unit: string, aim?: string) =>
    report({ figure, value: of(postgres), unit, peer, peerValue: of(sqlite), ...(aim === undefined ? {} : { aim }) });
  line('PostgreSQL: launches by eight clients', ({ launches }) => launches, 'machines/s', '40 there, 110 on SQLite');
  line('PostgreSQL: page of 1,000 servers, p50', ({ page }) => page.median, 'ms', 'under 60');
  line('PostgreSQL: a token validation, p50', ({ validation }) => validation.median, 'ms');
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query(
    'SELECT xact_rollback::float / xact_commit AS again FROM pg_stat_database WHERE datname = current_database()',
  );
  await client.end();
  report({ figure: 'PostgreSQL: transactions that ran again, a committed one', value: rows[0].again, unit: '' });
} finally {
  await server.stop();
}
