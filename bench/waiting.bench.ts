// How long `GET /v1/status` waits while others ask for the most there is. The hypervisor is simulated.
import { setTimeout as delay } from 'node:timers/promises';
import { FaultCloud, MICROVERSION } from '../tests/faults/fault-cloud.ts';
import { HttpClient } from './http-client.ts';
import { statusWaits, tellWaits } from './status-waits.ts';

const MACHINES = 10_000;
const PER_WISH = 10_000;
const CLIENTS = 8;

const cloud = await FaultCloud.create();
try {
  await cloud.startController();
  await cloud.startAgent({ hypervisor: 'simulated' });
  const image = await cloud.uploadGuest();
  const rest = await statusWaits(cloud.url, () => delay(5_000));
  const launched = await statusWaits(cloud.url, async () => {
    for (let asked = 0; asked < MACHINES; asked += PER_WISH) {
      await cloud.launch(image, { name: `many-${asked}`, min_count: PER_WISH, max_count: PER_WISH });
    }
  });
  tellWaits(`${MACHINES} launches by min_count are asked for`, launched, rest);
  const built = await statusWaits(cloud.url, () => delay(20_000));
  tellWaits('they are built', built, rest);
  const ids = await all();
  const deleted = await statusWaits(cloud.url, async () => {
    const clients = Array.from({ length: CLIENTS }, () => new HttpClient(cloud.url, { 'x-auth-token': cloud.token }));
    const left = ids.values();
    await Promise.all(
      clients.map(async (client) => {
        for (const id of left) await client.send('DELETE', `/compute/v2.1/servers/${id}`);
        client.close();
      }),
    );
  });
  tellWaits(`${MACHINES} are deleted, by eight clients`, deleted, rest);
} finally {
  await cloud.destroy();
}

async function all(): Promise<string[]> {
  const ids: string[] = [];
  for (let marker = ''; ; ) {
    const path = `/compute/v2.1/servers?limit=1000${marker && `&marker=${marker}`}`;
    const { body } = await cloud.request('GET', path, undefined, MICROVERSION);
    if (body.servers.length === 0) return ids;
    ids.push(...body.servers.map(({ id }: { id: string }) => id));
    marker = ids.at(-1) ?? '';
  }
}
