// What is done to a machine that runs, from the request to its end: rebuilt; resized and kept; a card more, until its
// guest has it. Beside each the same by hand: qemu-img, and QMP to a QEMU that was started as ours.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { QmpClient } from '../agent/hypervisor/qemu/qmp-client.ts';
import { until } from '../tests/cloud.ts';
import { FaultCloud } from '../tests/faults/fault-cloud.ts';
import { EventListener } from '../tests/integration/event-listener.ts';
import { report } from './figure.ts';
import { MachineByHand } from './machine-by-hand.ts';
import { Samples } from './samples.ts';

const ROUNDS = 5;
/** Tells each time that it has another number of cards, the loopback among them. */
const COUNTS_CARDS = `#!/bin/sh
while :; do
  set -- /sys/class/net/*
  [ "$#" = "$had" ] || echo "has $# cards" > /dev/console
  had=$#
  sleep 0.05
done &
`;
const SAYS = { ready: 'cumulet-linux ready', one: 'has 2 cards', two: 'has 3 cards' };
const LOOK_EVERY_MS = 5;

const cloud = await FaultCloud.create();
let machine: MachineByHand | undefined;
try {
  await cloud.startController();
  await cloud.startAgent();
  const image = await cloud.uploadGuest();
  const asked = { user_data: Buffer.from(COUNTS_CARDS).toString('base64') };
  const pattern = await cloud.launch(image, asked);
  await cloud.serverIn(pattern, 'ACTIVE');
  machine = new MachineByHand(cloud, pattern);
  await cloud.deleteServer(pattern);
  await cloud.serverGone(pattern);

  const id = await cloud.launch(image, asked);
  const consoles = {
    ours: join(cloud.dataDir, 'agent', 'machines', id, 'serial.log'),
    byHand: join(machine.folder, 'serial.log'),
  };
  await cloud.serverIn(id, 'ACTIVE');
  machine.layDisk();
  await machine.start();
  const taken = { rebuild: [[], []], resize: [[], []], card: [[], []] } as Record<string, [number[], number[]]>;
  // In turns, so that what else the computer does meets both; the first is for warming up.
  for (let round = 0; round <= ROUNDS; round++) {
    const note = (what: string, ours: number, hand: number) => {
      if (round === 0) return;
      taken[what]?.[0].push(ours);
      taken[what]?.[1].push(hand);
    };
    const booted = said(consoles.ours, SAYS.ready);
    const ours = await timeOf(() => act(id, { rebuild: { imageRef: image } }, 'rebuild.end'));
    const bootedByHand = said(consoles.byHand, SAYS.ready);
    note('rebuild', ours, await timeOf(rebuildByHand));
    await Promise.all([booted, bootedByHand]);
    // A guest that has just come up does not listen to the power button yet.
    await delay(1_000);

    const flavorRef = round % 2 === 0 ? '84' : '42';
    const restarted = said(consoles.ours, SAYS.ready);
    const resized = await timeOf(async () => {
      await act(id, { resize: { flavorRef } }, 'finish_resize.end');
      await act(id, { confirmResize: null }, 'resize.confirm.end');
    });
    const restartedByHand = said(consoles.byHand, SAYS.ready);
    let client: QmpClient | undefined;
    const resizedByHand = await timeOf(async () => {
      client = await resizeByHand();
    });
    note('resize', resized, resizedByHand);
    await Promise.all([restarted, restartedByHand]);

    const attached = await timeOf(() => attach(id, consoles.ours));
    note('card', attached, await timeOf(() => attachByHand(client as QmpClient, consoles.byHand)));
    await detach(id, consoles.ours);
  }
  const names = {
    rebuild: ['rebuild of a machine that runs', 'kill, qemu-img create, start'],
    resize: ['resize of a machine that runs, confirmed', 'power button, qemu-img create, start, block-commit'],
    card: ['a card more, until the guest has it', 'netdev_add, device_add'],
  };
  for (const [what, [figure = '', peer = '']] of Object.entries(names)) {
    const [ours, hand] = taken[what]?.map((times) => new Samples(times).median) ?? [];
    report({ figure, value: ours ?? Number.NaN, unit: 'ms', peer, peerValue: hand ?? Number.NaN });
  }
} finally {
  await machine?.kill();
  await cloud.destroy();
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

/** Until that is told of it. */
async function act(id: string, action: Record<string, unknown>, end: string): Promise<void> {
  const events = await EventListener.open(cloud.url, cloud.token);
  await cloud.act(id, action);
  await events.event(`compute.instance.${end}`, id);
  events.close();
}

/** Once it says so again on its console, behind what it has said by now. */
async function said(path: string, words: string): Promise<void> {
  const times = () => readFileSync(path, 'utf8').split(words).length;
  const before = times();
  const deadline = performance.now() + 90_000;
  // A log that begins anew has less than before.
  for (let least = before; ; ) {
    await delay(LOOK_EVERY_MS);
    const now = times();
    if (now > least) return;
    least = now;
    if (performance.now() > deadline) throw new Error(`The guest does not say ${words}`);
  }
}

async function attach(id: string, console: string): Promise<void> {
  const seen = said(console, SAYS.two);
  const path = `/compute/v2.1/servers/${id}/os-interface`;
  await Promise.all([seen, cloud.request('POST', path, { interfaceAttachment: {} })]);
}

async function detach(id: string, console: string): Promise<void> {
  const path = `/compute/v2.1/servers/${id}/os-interface`;
  const cards = async () => (await cloud.request('GET', path)).body.interfaceAttachments;
  const [, last] = await cards();
  const seen = said(console, SAYS.one);
  await cloud.request('DELETE', `${path}/${last.port_id}`);
  await seen;
  await until('the card to be gone', 60, async () => (await cards()).length === 1 || undefined);
}

async function rebuildByHand(): Promise<void> {
  await machine?.kill();
  machine?.layDisk();
  await machine?.start();
}

/** With a way back until the disk over the one there was is committed into it. */
async function resizeByHand(): Promise<QmpClient> {
  if (!machine) throw new Error('No machine');
  const [lower, upper] = [join(machine.folder, 'root.qcow2'), join(machine.folder, 'upper.qcow2')];
  const before = machine.monitor;
  const isOff = before.waitForEvent('SHUTDOWN', () => true);
  await before.execute('system_powerdown');
  await isOff;
  await machine.kill();
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', lower, '-F', 'qcow2', upper]);
  const node = { 'node-name': 'upper', driver: 'qcow2', file: { driver: 'file', filename: upper }, backing: 'root' };
  const client = await machine.start((args) => {
    const resized = args.map((each) => (each === '128M' ? '256M' : each.replace('drive=root,', 'drive=upper,')));
    const device = resized.findIndex((each) => each.includes('drive=upper,')) - 1;
    return resized.toSpliced(device, 0, '-blockdev', JSON.stringify(node));
  });
  const isReady = client.waitForEvent('BLOCK_JOB_READY', () => true);
  await client.execute('block-commit', { 'job-id': 'merge', device: 'upper', 'base-node': 'root' });
  await isReady;
  const isOver = client.waitForEvent('BLOCK_JOB_COMPLETED', () => true);
  await client.execute('job-complete', { id: 'merge' });
  await isOver;
  return client;
}

async function attachByHand(client: QmpClient, console: string): Promise<void> {
  const seen = said(console, SAYS.two);
  await client.execute('netdev_add', { type: 'user', id: 'more' });
  await client.execute('device_add', { driver: 'virtio-net-pci', id: 'card', netdev: 'more', bus: 'pci.0' });
  await seen;
}
