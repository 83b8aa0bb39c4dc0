import { setTimeout as delay } from 'node:timers/promises';
import type { CumuletProcess } from '../cumulet-process.ts';
import { type Footprint, growthOf, measureFootprint } from './footprint.ts';
import { hostViolations, type Places } from './host-state.ts';
import type { Ask, Ledger } from './ledger.ts';
import { readStoredState, rowViolations, type StoredState, transitionsOf } from './stored-state.ts';

/**
 * Nothing may be on its way to another state for longer than a minute. News travels, and sockets that wait for a next
 * request close by themselves: what does not hold is looked at again until it does.
 */
const USUAL_PATIENCE = { transitionMs: 60_000, coolingMs: 20_000 };
const LOOK_AGAIN_MS = 100;

export interface WatchedProcess {
  name: 'controller' | 'agent';
  running: CumuletProcess;
  /** As it was when it was young. */
  base: Footprint;
}

export interface CloudUnderCheck extends Places {
  ask: Ask;
  ledger: Ledger;
  processes: WatchedProcess[];
  /** Shorter where violations are expected. */
  patience?: { transitionMs: number; coolingMs: number };
}

/**
 * Everything that must hold of a cloud at rest, looked at from outside: data folder, process table, API. Answers a
 * sentence with ids for each thing that does not hold; none is good.
 */
export async function findViolations(cloud: CloudUnderCheck): Promise<string[]> {
  const { transitionMs, coolingMs } = cloud.patience ?? USUAL_PATIENCE;
  const restless = await waitForRest(cloud.dataDir, transitionMs);
  const stored = await untilNone(coolingMs, async () => {
    const state = readStoredState(cloud.dataDir);
    return [...rowViolations(state), ...hostViolations(cloud, state)];
  });
  return [
    ...restless,
    ...stored,
    ...(await quotaViolations(cloud.ask, readStoredState(cloud.dataDir, { withDamage: false }))),
    ...(await cloud.ledger.brokenPromises(cloud.ask, cloud.hypervisor)),
    ...(await growthViolations(cloud.processes, coolingMs)),
  ];
}

/** Waits until nothing is on its way; answers what still is. */
async function waitForRest(dataDir: string, patienceMs: number): Promise<string[]> {
  return await untilNone(patienceMs, async () => transitionsOf(readStoredState(dataDir, { withDamage: false })));
}

async function untilNone(patienceMs: number, look: () => Promise<string[]>): Promise<string[]> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const violations = await look();
    if (violations.length === 0 || performance.now() > deadline) return violations;
    await delay(LOOK_AGAIN_MS);
  }
}

/** What quota says is used, against a count of the rows. */
async function quotaViolations(ask: Ask, { servers }: StoredState): Promise<string[]> {
  const violations: string[] = [];
  for (const project of new Set(servers.map(({ project_id }) => project_id))) {
    // As in Nova, what is deleted but kept does not count.
    const own = servers.filter((each) => each.project_id === project && each.vm_state !== 'soft-delete');
    const counted = {
      instances: own.length,
      cores: own.reduce((sum, { vcpus }) => sum + vcpus, 0),
      ram: own.reduce((sum, { memory_mib }) => sum + memory_mib, 0),
    };
    const { status, body } = await ask('GET', `/compute/v2.1/os-quota-sets/${project}/detail`);
    for (const [resource, count] of Object.entries(counted)) {
      const used = body.quota_set?.[resource]?.in_use;
      if (used !== count) {
        violations.push(
          `Quota counts ${used ?? `nothing (${status})`} ${resource} in project ${project}; it is ${count}.`,
        );
      }
    }
  }
  return violations;
}

async function growthViolations(processes: WatchedProcess[], patienceMs: number): Promise<string[]> {
  const violations: string[] = [];
  for (const { name, running, base } of processes) {
    const look = async () => growthOf(name, running.pid, base, await measureFootprint(running));
    violations.push(...(await untilNone(patienceMs, look)));
  }
  return violations;
}
