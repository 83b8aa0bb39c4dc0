// How long `GET /v1/status` waits while others ask for the most there is. It is asked fifty times a second, answered or
// not, so that a stop of half a second is told by all that met it. The hypervisor is simulated.
import { setTimeout as delay } from 'node:timers/promises';
import { FaultCloud, MICROVERSION } from '../tests/faults/fault-cloud.ts';
import { report } from './figure.ts';
import { HttpClient } from './http-client.ts';
import { Samples } from './samples.ts';

const MACHINES = 10_000;
const PER_WISH = 10_000;
const EVERY_MS = 20;
const CLIENTS = 8;

const cloud = await FaultCloud.create();
try {
  await cloud.startController();
  await cloud.startAgent({ hypervisor: 'simulated' });
  const image = await cloud.uploadGuest();
  const rest = await whileDone(() => delay(5_000));
  const launched = await whileDone(async () => {
    for (let asked = 0; asked < MACHINES; asked += PER_WISH) {
      await cloud.launch(image, { name: `many-${asked}`, min_count: PER_WISH, max_count: PER_WISH });
    }
  });
  tell(`${MACHINES} launches by min_count are asked for`, launched, rest);
  const built = await whileDone(() => delay(20_000));
  tell('they are built', built, rest);
  const ids = await all();
  const deleted = await whileDone(async () => {
    const clients = Array.from({ length: CLIENTS }, () => new HttpClient(cloud.url, { 'x-auth-token': cloud.token }));
    const left = ids.values();
    await Promise.all(
      clients.map(async (client) => {
        for (const id of left) await client.send('DELETE', `/compute/v2.1/servers/${id}`);
        client.close();
      }),
    );
  });
  tell(`${MACHINES} are deleted, by eight clients`, deleted, rest);
} finally {
  await cloud.destroy();
}

interface Waits {
  samples: Samples;
  seconds: number;
}

async function whileDone(work: () => Promise<unknown>): Promise<Waits> {
  const begun = performance.now();
  const waits: Promise<number>[] = [];
  let isDone = false;
  const ask = async () => {
    const at = performance.now();
    await cloud.request('GET', '/v1/status');
    return performance.now() - at;
  };
  const asking = (async () => {
    for (let next = performance.now(); !isDone; next += EVERY_MS) {
      await delay(Math.max(0, next - performance.now()));
      waits.push(ask());
    }
  })();
  await work();
  isDone = true;
  await asking;
  const seconds = (performance.now() - begun) / 1000;
  return { samples: new Samples(await Promise.all(waits)), seconds };
}

function tell(what: string, { samples, seconds }: Waits, rest: Waits): void {
  for (const percent of [50, 99, 100]) {
    report({
      figure: `status while ${what}, ${percent === 100 ? 'the longest' : `p${percent}`}`,
      value: samples.percentile(percent),
      unit: 'ms',
      peer: 'at rest',
      peerValue: rest.samples.percentile(percent),
      ...(percent === 99 && { aim: '200 ms' }),
    });
  }
  report({ figure: `${what}, it takes`, value: seconds, unit: 's' });
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
