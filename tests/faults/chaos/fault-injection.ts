import { setTimeout as delay } from 'node:timers/promises';
import type { ChaosCloud, Role } from './chaos-cloud.ts';
import type { PlannedFault } from './round-plan.ts';

/** Resolves after so many more requests of clients, or when no client is left. */
export type AwaitRequests = (count: number) => Promise<void>;

/** Brings the fault about and ends it: afterwards everything that was ended runs again. */
export async function inject(cloud: ChaosCloud, fault: PlannedFault, awaitRequests: AwaitRequests): Promise<void> {
  const restart = async (role: Role, signal: 'SIGKILL' | 'SIGTERM') => {
    await cloud.end(role, signal);
    await cloud.start(role);
  };
  const freeze = async (pids: number[]) => {
    for (const pid of pids) sendSignal(pid, 'SIGSTOP');
    await delay(fault.frozenMs);
    for (const pid of pids) sendSignal(pid, 'SIGCONT');
  };
  switch (fault.kind) {
    case 'controller killed':
      return await restart('controller', 'SIGKILL');
    case 'controller restarted':
      return await restart('controller', 'SIGTERM');
    case 'controller frozen':
      return await freeze([cloud.process('controller').pid]);
    case 'agent killed':
      return await restart('agent', 'SIGKILL');
    case 'agent restarted':
      return await restart('agent', 'SIGTERM');
    case 'agent frozen':
      return await freeze([cloud.process('agent').pid]);
    case 'all killed':
      await Promise.all([cloud.end('controller', 'SIGKILL'), cloud.end('agent', 'SIGKILL')]);
      await cloud.start('controller');
      return await cloud.start('agent');
    case 'guest killed':
      for (const pid of cloud.guests.slice(0, 1)) sendSignal(pid, 'SIGKILL');
      return;
    case 'guest frozen':
      return await freeze(cloud.guests.slice(0, 1));
    case 'clients cut off':
      return cloud.clientLine.cut();
    case 'bus cut':
      return cloud.busLine.cut();
    case 'disk filled':
      cloud.disk?.fillUpTo(0);
      await awaitRequests(fault.requests);
      return cloud.disk?.makeRoom();
    case 'clock turned':
      cloud.turnClock(fault.clock.of, fault.clock.seconds);
      await awaitRequests(fault.requests);
      return cloud.turnClock(fault.clock.of, 0);
  }
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
