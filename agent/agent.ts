import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { controllerMethods } from '../app/contract/controller.methods.ts';
import type { HostFacts } from '../app/contract/host.ts';
import { type FoundThing, MOST_FOUND } from '../app/contract/unclaimed.ts';
import { takeAgentLock } from './agent-lock.ts';
import { serveAgentMethods } from './agent-methods.ts';
import { BusClient } from './bus-client.ts';
import { BusDispatcher } from './bus-dispatcher.ts';
import { StreamJoiner } from './console/stream-joiner.ts';
import { ControllerLocator } from './controller-address.ts';
import { collectHostFacts } from './host/host-facts.ts';
import { HostIdentity } from './host-identity.ts';
import { answerWithPlaces } from './hypervisor/devices/device-address.ts';
import type { HypervisorDriver } from './hypervisor/driver.ts';
import { QemuDriver } from './hypervisor/qemu/qemu.driver.ts';
import { SimulatedDriver } from './hypervisor/simulated/simulated.driver.ts';
import type { SimulatedOptions } from './hypervisor/simulated/simulated-options.ts';
import { MachineNews } from './machine-news.ts';
import { MachineOrders } from './machine-orders.ts';
import { NetworkIsolation } from './network/isolation/network-isolation.ts';
import type { Ask } from './network/metadata/metadata-server.ts';
import { UserNetworkDriver } from './network/user/user-network.driver.ts';
import { FileOrderRecords, MemoryOrderRecords } from './order-records.ts';
import { askWhetherWanted } from './order-wanted.ts';
import { StatisticsTeller } from './statistics-teller.ts';

export interface AgentOptions {
  /** Cumulet's data folder; the agent keeps its own things in `agent/` in it. */
  dataDir: string;
  /** What people call this host; it may be another at the next start. */
  hostName: string;
  hypervisor: 'qemu' | 'simulated';
  /** `controller.json`, which the controller writes when it listens. */
  controllerFile: string;
  /** The secret controller and agent share. */
  secretFile: string;
  log: Logger;
  /** For the simulated hypervisor only. */
  simulated?: SimulatedOptions;
}

export interface RunningAgent {
  /** Stops the agent; machines run on and the next agent finds them. */
  close(): Promise<void>;
}

/** The topic on which controllers listen for what agents tell. */
const CONTROLLER_TOPIC = 'compute';

/** A guest asks again. */
const METADATA_PATIENCE_MS = 20_000;

/** How often everything is reported although nothing is known to be amiss. */
const REPORT_EVERY_MS = 5 * 60_000;

/** Starts the agent of this host. It serves as soon as this resolves, and connects when there is a controller. */
export async function runAgent(options: AgentOptions): Promise<RunningAgent> {
  const { hostName, log } = options;
  const folder = join(options.dataDir, 'agent');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const lock = takeAgentLock(folder);
  try {
    const identity = await HostIdentity.open(folder);
    const locator = new ControllerLocator(options.controllerFile, options.secretFile);
    const askMetadata: Ask = async (id, question) => {
      const asked = { host: identity.id ?? '', id, ...question };
      const answer = await bus.call(controllerMethods.guestMetadata, CONTROLLER_TOPIC, asked, METADATA_PATIENCE_MS);
      return answerWithPlaces(answer, question.path, driver.places(id));
    };
    const driver = createDriver(options, folder, locator, askMetadata);
    const orders = new MachineOrders({
      driver,
      records:
        options.hypervisor === 'simulated'
          ? new MemoryOrderRecords()
          : await FileOrderRecords.open(join(folder, 'orders'), new Date()),
      onChange: (machine) => news.tell(machine),
      isWanted: (id, generation) => askWhetherWanted(bus, { host: identity.id ?? '', id, generation }),
    });
    const news = new MachineNews({
      send: (machine) =>
        bus.call(controllerMethods.machineChanged, CONTROLLER_TOPIC, { host: identity.id ?? '', machine }),
      log,
    });
    const statistics = new StatisticsTeller({
      measure: () => driver.statistics(),
      send: (told) =>
        bus.call(controllerMethods.machineStatistics, CONTROLLER_TOPIC, { host: identity.id ?? '', ...told }),
      isConnected: () => bus.isConnected,
      log,
    });
    const size = driver instanceof SimulatedDriver ? driver.hostSize() : null;
    const facts = (): Promise<HostFacts> => collectHostFacts({ hostName, folder, driver, size });
    const streams = new StreamJoiner(locator, log);
    const bus = new BusClient({
      identity,
      describe: () => ({ name: hostName, machines: driver.list().map(({ id }) => id) }),
      locator,
      dispatcher: new BusDispatcher(serveAgentMethods({ driver, orders, streams, facts: () => measure() }), log),
      onConnected: () => report(),
      log,
    });
    const report = async () => {
      const all = { host: identity.id ?? '', facts: await facts(), machines: orders.list() };
      const { unknownMachines } = await bus.call(controllerMethods.hostReport, CONTROLLER_TOPIC, all);
      // Kept: a controller restored from an old copy must not cost anyone a machine.
      if (unknownMachines.length > 0) {
        log.warn({ machines: unknownMachines }, 'the controller does not know these machines; they are kept');
      }
      try {
        const found = await findUnclaimed(driver, orders, unknownMachines);
        await bus.call(controllerMethods.hostUnclaimed, CONTROLLER_TOPIC, { host: identity.id ?? '', found });
      } catch (error) {
        // What lies about must not keep the host from its work.
        log.warn({ err: error }, 'what nobody knows could not be reported');
      }
    };
    /** Somebody wants to know how it is now: all of it. */
    const measure = async () => {
      const measured = await facts();
      report().catch((error: unknown) => log.warn({ err: error }, 'the host could not be reported'));
      return measured;
    };
    // Whatever was missed on either side is put right by the next of these.
    const reporting = setInterval(() => {
      if (bus.isConnected)
        report().catch((error: unknown) => log.warn({ err: error }, 'the host could not be reported'));
    }, REPORT_EVERY_MS);
    await driver.open();
    bus.open();
    log.info(
      { host: identity.id, name: hostName, hypervisor: driver.type, machines: driver.list().length },
      'the agent runs',
    );
    return {
      async close() {
        clearInterval(reporting);
        statistics.close();
        news.close();
        bus.close();
        streams.close();
        await orders.close();
        await driver.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** What the controller does not know, so that people can see it and decide. */
async function findUnclaimed(
  driver: HypervisorDriver,
  orders: MachineOrders,
  unknownMachines: readonly string[],
): Promise<FoundThing[]> {
  const unknown = new Set(unknownMachines);
  const machines = orders.list().flatMap((status): FoundThing[] => {
    const spec = unknown.has(status.id) ? driver.describe(status.id) : null;
    return spec === null ? [] : [{ kind: 'machine', spec, status }];
  });
  return [...machines, ...(await driver.strays.find())].slice(0, MOST_FOUND);
}

function createDriver(
  options: AgentOptions,
  folder: string,
  imageSource: ControllerLocator,
  askMetadata: Ask,
): HypervisorDriver {
  if (options.hypervisor === 'simulated')
    return new SimulatedDriver({ imageTarget: imageSource, ...options.simulated });
  const networkDrivers = [new UserNetworkDriver()];
  const isolation = new NetworkIsolation({ folder, log: options.log, askMetadata });
  return new QemuDriver({ folder, imageSource, networkDrivers, isolation, log: options.log });
}
