import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import * as consoleSession from '../database/migrations/0010-console-session.ts';
import type { Edge } from '../http/edge.ts';
import type { Sessions } from '../http/sessions.ts';
import type { Bus } from '../messaging/bus.ts';
import type { StreamBroker } from '../messaging/stream-broker.ts';
import { defineModule } from '../module.ts';
import { registerConsoleRoutes } from './console.routes.ts';
import { ConsoleService, type ConsoleTarget } from './console.service.ts';

interface Needs {
  database: Database;
  bus: Bus;
  streams: StreamBroker;
  sessions: Sessions;
  edge: Edge;
  log: Logger;
  /** Made later. */
  compute: { server: { consoleTarget(serverId: string): Promise<ConsoleTarget | undefined> } };
}

export const consoleModule = defineModule({
  name: 'console',
  migrations: { '0010-console-session': consoleSession },
  make: (parts: Needs) => {
    const { database, bus, streams, sessions, log } = parts;
    const consoles = new ConsoleService({
      ...{ database, bus, streams, sessions, log },
      targetOf: (serverId) => parts.compute.server.consoleTarget(serverId),
    });
    return { consoles };
  },
  sockets: ({ edge, consoles }) => registerConsoleRoutes(edge, { consoles }),
});
