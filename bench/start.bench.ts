// From nothing to the first answer, and what it costs to sit there: controller and agent.
import { setTimeout as delay } from 'node:timers/promises';
import { FaultCloud } from '../tests/faults/fault-cloud.ts';
import { memoryOf } from '../tests/faults/process-table.ts';
import { report } from './figure.ts';
import { PeerProcess } from './peer-process.ts';
import { Samples } from './samples.ts';

const cloud = await FaultCloud.create();
try {
  // The data folder exists and the compile cache is warm: how it is every day but the first.
  await cloud.startController();
  await cloud.controller?.kill('SIGTERM');
  const start = await Samples.take(
    10,
    async () => {
      await cloud.startController();
      await fetch(`${cloud.url}/v1/status`).then((response) => response.json());
      await cloud.controller?.kill();
    },
    1,
  );
  const peerStart = await Samples.take(
    10,
    async () => {
      const bare = await PeerProcess.start('bare-fastify');
      await fetch(bare.line).then((response) => response.json());
      await bare.stop();
    },
    1,
  );
  report({
    figure: 'cold start to the first answer',
    value: start.median,
    unit: 'ms',
    peer: 'bare fastify',
    peerValue: peerStart.median,
    aim: 'a second start within 2 s',
  });

  await cloud.startController();
  await cloud.startAgent();
  const bare = await PeerProcess.start('bare-node');
  // Idle is what is left when start-up's garbage has had its time.
  await delay(15_000);
  const peer = 'bare node';
  const peerValue = memoryOf(bare.pid).now;
  const aim = 'less than 150 MB';
  report({
    figure: 'idle memory of the controller',
    value: memoryOf(cloud.controller?.pid ?? 0).now,
    unit: 'MiB',
    peer,
    peerValue,
    aim,
  });
  report({
    figure: 'idle memory of the agent',
    value: memoryOf(cloud.agent?.pid ?? 0).now,
    unit: 'MiB',
    peer,
    peerValue,
  });
  await bare.stop();
} finally {
  await cloud.destroy();
}
