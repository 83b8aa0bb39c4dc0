// From nothing to the first answer, and what it costs to sit there: controller and agent as people start them.
import { setTimeout as delay } from 'node:timers/promises';
import { FaultCloud } from '../tests/faults/fault-cloud.ts';
import { processesNaming, sharedMemoryOf } from '../tests/faults/process-table.ts';
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
    figure: 'start to the first answer',
    value: start.median,
    unit: 'ms',
    peer: 'bare fastify',
    peerValue: peerStart.median,
    aim: '600 ms',
  });

  await cloud.startBoth();
  const bare = { node: await PeerProcess.start('bare-node'), fastify: await PeerProcess.start('bare-fastify') };
  // Idle is what is left when start-up's garbage has had its time.
  await delay(15_000);
  const ours = processesNaming(cloud.dataDir);
  const agent = ours.find(({ commandLine }) => commandLine.includes('agent'))?.pid ?? 0;
  const controller = cloud.controller?.pid ?? 0;
  const memory = { controller: sharedMemoryOf(controller), agent: sharedMemoryOf(agent) };
  const [node, fastify] = [sharedMemoryOf(bare.node.pid), sharedMemoryOf(bare.fastify.pid)];
  const unit = 'MiB';
  report({ figure: 'processes at rest', value: ours.length, unit: '' });
  report({ figure: 'PSS of the controller', value: memory.controller, unit, peer: 'bare fastify', peerValue: fastify });
  report({ figure: 'PSS of the agent', value: memory.agent, unit, peer: 'bare node', peerValue: node });
  const both = { value: memory.controller + memory.agent, unit, aim: '135 MiB' };
  report({ figure: 'PSS of both', ...both, peer: 'bare fastify and bare node', peerValue: fastify + node });
  await bare.node.stop();
  await bare.fastify.stop();
} finally {
  await cloud.destroy();
}
