// From the request to a running guest, beside the same QEMU started by hand on a prepared overlay.
import { FaultCloud } from '../tests/faults/fault-cloud.ts';
import { EventListener } from '../tests/integration/event-listener.ts';
import { report } from './figure.ts';
import { MachineByHand } from './machine-by-hand.ts';
import { Samples } from './samples.ts';

const ROUNDS = 10;

const cloud = await FaultCloud.create();
try {
  await cloud.startController();
  await cloud.startAgent();
  const image = await cloud.uploadGuest();
  const events = await EventListener.open(cloud.url, cloud.token);

  const ours: number[] = [];
  const byHand: number[] = [];
  // Turn about, so that a busy moment of the computer falls on both. The first round fills the image cache.
  for (let round = -1; round < ROUNDS; round++) {
    const begun = performance.now();
    const id = await cloud.launch(image);
    await events.event('compute.instance.create.end', id);
    const taken = performance.now() - begun;
    const machine = new MachineByHand(cloud, id);
    machine.layDisk();
    await cloud.deleteServer(id);
    await cloud.serverGone(id);
    const started = performance.now();
    await machine.start();
    const hand = performance.now() - started;
    await machine.kill();
    if (round < 0) continue;
    ours.push(taken);
    byHand.push(hand);
  }
  events.close();
  const [launch, hand] = [new Samples(ours), new Samples(byHand)];
  const peer = 'qemu by hand';
  report({
    figure: 'launch to a running process, p50',
    value: launch.median,
    unit: 'ms',
    peer,
    peerValue: hand.median,
    aim: 'at most 150 ms more',
  });
  report({
    figure: 'launch to a running process, p90',
    value: launch.percentile(90),
    unit: 'ms',
    peer,
    peerValue: hand.percentile(90),
  });
} finally {
  await cloud.destroy();
}
