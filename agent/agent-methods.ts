import { agentMethods } from '../app/contract/agent.methods.ts';
import { UserError } from '../app/contract/errors.ts';
import type { HostFacts } from '../app/contract/host.ts';
import { type ServedMethod, serve } from './bus-dispatcher.ts';
import type { StreamJoiner } from './console/stream-joiner.ts';
import type { HypervisorDriver } from './hypervisor/driver.ts';
import type { MachineOrders } from './machine-orders.ts';

export interface AgentServices {
  driver: HypervisorDriver;
  orders: MachineOrders;
  streams: StreamJoiner;
  facts(): Promise<HostFacts>;
}

/** What the agent serves on the bus: each method of the contract, joined to the part that does it. */
export function serveAgentMethods(services: AgentServices): ServedMethod[] {
  const { driver, orders, streams } = services;
  return [
    serve(agentMethods.spawn, async ({ id, generation, spec }, call) => {
      if (spec.id !== id)
        throw new UserError('bad_request', 'The specification is of another machine.', { field: 'spec.id' });
      return orders.spawn(id, generation, spec, call);
    }),
    serve(agentMethods.destroy, ({ id, generation }, call) => orders.destroy(id, generation, call)),
    serve(agentMethods.start, ({ id, generation }, call) => orders.start(id, generation, call)),
    serve(agentMethods.stop, ({ id, generation, ...options }, call) => orders.stop(id, generation, options, call)),
    serve(agentMethods.reboot, ({ id, generation, ...options }, call) => orders.reboot(id, generation, options, call)),
    serve(agentMethods.pause, ({ id, generation }, call) => orders.pause(id, generation, call)),
    serve(agentMethods.unpause, ({ id, generation }, call) => orders.unpause(id, generation, call)),
    serve(agentMethods.suspend, ({ id, generation }, call) => orders.suspend(id, generation, call)),
    serve(agentMethods.resume, ({ id, generation }, call) => orders.resume(id, generation, call)),
    serve(agentMethods.rename, async ({ id, name }) => {
      await driver.change(id, { name });
      return {};
    }),
    serve(agentMethods.list, async () => ({ machines: orders.list() })),
    serve(agentMethods.consoleLog, async ({ id, lines }) => ({ output: await driver.consoleLog(id, lines) })),
    serve(agentMethods.screenshot, async ({ id }) => ({ png: (await driver.screenshot(id)).toString('base64') })),
    serve(agentMethods.openConsole, async ({ id, type, streamId }, { signal }) => {
      await streams.join(await driver.openConsole(id, type), streamId, signal);
      return {};
    }),
    serve(agentMethods.facts, () => services.facts()),
    serve(agentMethods.setPorts, async ({ id, ports }) => {
      await driver.change(id, { ports });
      return {};
    }),
    serve(agentMethods.removeLeftover, async ({ kind, id }) => ({ isRemoved: await driver.strays.remove(kind, id) })),
  ];
}
