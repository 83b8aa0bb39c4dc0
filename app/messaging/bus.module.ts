import type { Logger } from 'pino';
import type { Edge } from '../http/edge.ts';
import { defineModule } from '../module.ts';
import { AgentSecret } from './agent-secret.ts';
import { type BusRouteParts, registerBusRoutes } from './bus.routes.ts';
import { Hub } from './hub.ts';
import { StreamBroker } from './stream-broker.ts';

interface Needs {
  dataDir: string;
  controllerId: string;
  log: Logger;
  edge: Edge;
  images: { storedFile: BusRouteParts['storedImage']; snapshots: { receive: BusRouteParts['takeImage'] } };
}

export const busModule = defineModule({
  name: 'bus',
  make: async ({ dataDir, controllerId, log }: Needs) => ({
    bus: new Hub({ log, controllerId }),
    streams: new StreamBroker(),
    agentSecret: await AgentSecret.open(dataDir),
  }),
  sockets: ({ edge, bus: hub, streams, agentSecret: secret, images }) =>
    registerBusRoutes(edge, {
      ...{ hub, streams, secret },
      storedImage: (imageId) => images.storedFile(imageId),
      takeImage: (...given) => images.snapshots.receive(...given),
    }),
  close: ({ bus }) => bus.close(),
});
