// Processor time of an agent that tells what its machines use, beside the bare question to each QEMU. Real machines.
import { setTimeout as delay } from 'node:timers/promises';
import { setUpQemu } from '../agent/testing/qemu-under-test.ts';
import { makeSpec, plainOrder, spawnOn } from '../agent/testing/test-machine.ts';
import { STATISTICS_EVERY_MS } from '../app/contract/machine-statistics.ts';
import { report } from './figure.ts';

const MACHINES = 10;
const ROUNDS = 50;
/** What is reported: so many machines, for a minute. */
const REPORTED = 100;

const host = await setUpQemu();
const driver = host.makeDriver();
await driver.open();
try {
  for (let count = 0; count < MACHINES; count++) await spawnOn(driver, makeSpec(host.guestImage, { memoryMib: 64 }));
  // The guests are done with starting.
  await delay(STATISTICS_EVERY_MS);
  const ids = driver.list().map(({ id }) => id);
  const [ours, bare] = [[] as number[], [] as number[]];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await processorMs(() => driver.statistics()));
    bare.push(await processorMs(() => Promise.all(ids.map((id) => driver.diagnostics(id)))));
  }
  const perMinute = (samples: number[]) =>
    (samples.toSorted((a, b) => a - b)[ROUNDS / 2] ?? 0) * (REPORTED / MACHINES) * (60_000 / STATISTICS_EVERY_MS);
  report({
    figure: `statistics of ${REPORTED} machines for a minute, processor time`,
    value: perMinute(ours),
    unit: 'ms',
    peer: 'diagnostics of each as often',
    peerValue: perMinute(bare),
  });
} finally {
  for (const { id } of driver.list()) await driver.orders.destroy({ id }, plainOrder());
  await driver.close();
  await host.close();
}

async function processorMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
