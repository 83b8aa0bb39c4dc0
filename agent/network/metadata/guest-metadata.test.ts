import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { MachineSpec } from '../../../app/contract/machine.ts';
import type { QemuDriver } from '../../hypervisor/qemu/qemu.driver.ts';
import { identifyProcess, killProcess, waitUntilGone } from '../../process-identity.ts';
import { askMetadata, setUpQemu } from '../../testing/qemu-under-test.ts';
import { silentLog } from '../../testing/silent-log.ts';
import { makeSpec, plainOrder, spawnOn } from '../../testing/test-machine.ts';
import { NetworkIsolation } from '../isolation/network-isolation.ts';
import { findRelays } from './metadata-relay.ts';

const run = promisify(execFile);

let host: Awaited<ReturnType<typeof setUpQemu>>;
let driver: QemuDriver;
/** Questions that reached the agent, by machine. */
let asked: string[];
let specs: MachineSpec[];

beforeAll(async () => {
  host = await setUpQemu();
});

afterEach(async () => {
  for (const { id } of specs) await driver.orders.destroy({ id }, plainOrder());
  await driver.close();
  for (const { id } of specs) expect(await host.findTraces(id)).toEqual([]);
});

afterAll(() => host.close());

async function openDriver(): Promise<void> {
  const isolation = new NetworkIsolation({
    folder: host.folder,
    log: silentLog,
    askMetadata: (machineId, question) => {
      asked.push(machineId);
      return askMetadata(machineId, question);
    },
  });
  driver = host.makeDriver(undefined, isolation);
  await driver.open();
}

async function launch(count: number): Promise<string[]> {
  asked = [];
  await openDriver();
  specs = Array.from({ length: count }, () => makeSpec(host.blankImage));
  for (const spec of specs) await spawnOn(driver, spec);
  return specs.map(({ id }) => id);
}

async function relayOf(id: string): Promise<number> {
  const relay = (await findRelays()).find(({ machineId }) => machineId === id);
  if (relay === undefined) throw new Error(`machine ${id} has no relay`);
  return relay.identity.pid;
}

/**
 * Runs a program of Node where what the machine's guest sends comes out, as what answers it there cannot tell the two
 * apart; `fetch` of it asks the service. Answers what it says.
 */
async function inNamespaceOf(id: string, program: string): Promise<string> {
  const relay = (await findRelays()).find(({ machineId }) => machineId === id);
  const into = ['--target', String(relay?.target), '--user', '--net', '--preserve-credentials'];
  const { stdout } = await run('nsenter', [...into, '--', process.execPath, '--input-type=module', '-e', program]);
  return stdout;
}

const ASK = `const ask = async (headers) => {
  const answer = await fetch('http://169.254.169.254/openstack/latest/meta_data.json', { headers });
  return await answer.json();
};`;

test('each machine is answered as itself, whoever it says that it is', async () => {
  const [one = '', other = ''] = await launch(2);
  expect((await driver.facts()).capabilities).toContain('metadata:service');
  const forged = `{ 'x-instance-id': '${other}', 'x-forwarded-for': '10.0.0.9', 'x-tenant-id': 'p' }`;
  const told = JSON.parse(await inNamespaceOf(one, `${ASK} console.log(JSON.stringify(await ask(${forged})))`));
  expect(told).toEqual({ machineId: one, method: 'GET', path: '/openstack/latest/meta_data.json', body: '' });
  expect(JSON.parse(await inNamespaceOf(other, `${ASK} console.log(JSON.stringify(await ask()))`)).machineId).toBe(
    other,
  );
});

test('is there again with the next agent, and who asked meanwhile is answered then', async () => {
  const [id = ''] = await launch(1);
  const before = await relayOf(id);
  await driver.close();
  const answer = inNamespaceOf(id, `${ASK} console.log((await ask()).machineId)`);
  // It is connected to the relay by now, or will be.
  await openDriver();
  expect((await answer).trim()).toBe(id);
  expect(await relayOf(id)).toBe(before);
});

test('is started by the next agent where it ended and the machine did not', async () => {
  const [id = ''] = await launch(1);
  const before = await identifyProcess(await relayOf(id));
  await driver.close();
  if (before !== null) await killProcess(before);
  await openDriver();
  expect((await inNamespaceOf(id, `${ASK} console.log((await ask()).machineId)`)).trim()).toBe(id);
});

test('is gone with a machine that ends while there is no agent', async () => {
  const [id = ''] = await launch(1);
  const [relay] = (await findRelays()).filter(({ machineId }) => machineId === id);
  const qemu = await identifyProcess(relay?.target ?? 0);
  if (qemu === null || relay === undefined) throw new Error('the machine or its relay has no process');
  await driver.close();
  await killProcess(qemu);
  expect(await waitUntilGone(relay.identity, AbortSignal.timeout(20_000))).toBe(true);
  await openDriver();
});

test('a guest that holds all it may have makes nobody else wait', async () => {
  const [greedy = '', modest = ''] = await launch(2);
  // Half a request on each of many connections; whoever asks after them has to wait.
  const hold = `import { connect } from 'node:net';
for (let each = 0; each < 60; each++) connect(80, '169.254.169.254').on('error', () => {}).write('GET / HTTP/1.1\\r\\n');
setTimeout(() => { console.log('held'); process.exit(); }, 2500);`;
  const holding = inNamespaceOf(greedy, hold);
  expect((await inNamespaceOf(modest, `${ASK} console.log((await ask()).machineId)`)).trim()).toBe(modest);
  expect(await holding).toBe('held\n');
  // It is answered itself again, once it has let go.
  expect((await inNamespaceOf(greedy, `${ASK} console.log((await ask()).machineId)`)).trim()).toBe(greedy);
});

test('a guest that asks without end is heard a bounded number of times', async () => {
  const [eager = '', modest = ''] = await launch(2);
  const flood = `import { connect } from 'node:net';
const until = Date.now() + 3000;
const one = () => {
  if (Date.now() > until) return;
  const socket = connect(80, '169.254.169.254', () => socket.write('GET / HTTP/1.0\\r\\n\\r\\n'));
  socket.on('data', () => {}).on('error', () => {}).on('close', one);
};
for (let each = 0; each < 50; each++) one();
setTimeout(() => { console.log('flooded'); process.exit(); }, 3500);`;
  const flooding = inNamespaceOf(eager, flood);
  expect((await inNamespaceOf(modest, `${ASK} console.log((await ask()).machineId)`)).trim()).toBe(modest);
  expect(await flooding).toBe('flooded\n');
  const heard = asked.filter((id) => id === eager).length;
  expect(heard).toBeGreaterThan(50);
  // A hundred at once and twenty a second, and whatever time the rest has taken.
  expect(heard).toBeLessThan(400);
});
