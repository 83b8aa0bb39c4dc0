import type { z } from 'zod';
import { agentMethods } from '../app/contract/agent.methods.ts';
import type { BusMethod } from '../app/contract/bus.ts';
import { UserError } from '../app/contract/errors.ts';
import { silentGuest } from '../app/contract/guest.ts';
import type { HostFacts } from '../app/contract/host.ts';
import { type MachineOrderArgs, type MachineOrderName, machineOrders } from '../app/contract/machine-orders.ts';
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
    ...(Object.keys(machineOrders) as MachineOrderName[]).map((name) => serveOrder(name, orders)),
    serve(agentMethods.rename, async ({ id, name }) => {
      await driver.change(id, { name });
      return {};
    }),
    serve(agentMethods.list, async () => ({ machines: orders.list() })),
    serve(agentMethods.guest, async ({ id }) => (await driver.guestAgent?.report(id)) ?? silentGuest('no-host')),
    serve(agentMethods.setPassword, async ({ id, user, password }) => {
      if (driver.guestAgent === undefined) throw new UserError('conflict', 'The host cannot speak with guests.');
      await driver.guestAgent.setPassword(id, user, password);
      return {};
    }),
    serve(agentMethods.diagnostics, async ({ id }) => await driver.diagnostics(id)),
    serve(agentMethods.checkGuest, async ({ id, check }) => ({ reason: await driver.checkGuest(id, check) })),
    serve(agentMethods.hardware, async ({ id }) => await driver.hardware(id)),
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

function serveOrder<N extends MachineOrderName>(name: N, orders: MachineOrders): ServedMethod {
  const method: BusMethod<z.ZodType, z.ZodType> = machineOrders[name].method;
  return serve(method, (args, call) => orders.carryOut(name, args as MachineOrderArgs<N>, call));
}
