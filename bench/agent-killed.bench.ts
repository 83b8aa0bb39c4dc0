// From the moment the agent is killed until a machine that is launched then runs. The hypervisor is simulated.
import { setTimeout as delay } from 'node:timers/promises';
import { FaultCloud } from '../tests/faults/fault-cloud.ts';
import { processesNaming } from '../tests/faults/process-table.ts';
import { EventListener } from '../tests/integration/event-listener.ts';
import { report } from './figure.ts';
import { Samples } from './samples.ts';

const ROUNDS = 3;
/** An agent that ran so long is started again at once; one that ends again and again is not. */
const HEALTHY_MS = 11_000;

const cloud = await FaultCloud.create();
try {
  await cloud.startBoth({ hypervisor: 'simulated' });
  const image = await cloud.uploadGuest();
  const events = await EventListener.open(cloud.url, cloud.token);
  const launched = async () => events.event('compute.instance.create.end', await cloud.launch(image));
  const usual = await Samples.take(ROUNDS, launched);
  const killed = await Samples.told(
    ROUNDS,
    async () => {
      await delay(HEALTHY_MS);
      const agent = processesNaming(cloud.dataDir).find(({ commandLine }) => commandLine.includes('agent'));
      if (!agent) throw new Error('No agent runs');
      const begun = performance.now();
      process.kill(agent.pid, 'SIGKILL');
      await launched();
      return performance.now() - begun;
    },
    0,
  );
  report({
    figure: 'a launch asked for as the agent is killed',
    value: killed.median,
    unit: 'ms',
    peer: 'one at any other time',
    peerValue: usual.median,
  });
  events.close();
} finally {
  await cloud.destroy();
}
