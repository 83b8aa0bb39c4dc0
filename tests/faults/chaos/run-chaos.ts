import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { repository } from '../../cloud.ts';
import { ChaosClient } from './chaos-client.ts';
import { ChaosCloud, whatIsMissing } from './chaos-cloud.ts';
import { inject } from './fault-injection.ts';
import { type Hypervisor, planRound, type RoundPlan } from './round-plan.ts';

export interface ChaosOptions {
  seed: number;
  rounds: number;
  hypervisor: Hypervisor | 'mixed';
  say(line: string): void;
}

export interface FailedRound {
  round: number;
  violations: string[];
  /** Folder with plan, logs and data. */
  evidence: string;
}

/**
 * Rounds of clients at work while processes, lines, disk and clocks fail beneath them. After each, everything runs and
 * rests, and what must always hold is checked. One cloud lives through all rounds, until one of them fails.
 */
export async function runChaos({ seed, rounds, hypervisor, say }: ChaosOptions): Promise<FailedRound[]> {
  say(`Seed ${seed}`);
  const missing = whatIsMissing();
  for (const word of Object.values(missing)) say(`  skipped: ${word}`);
  const without = [
    ...(missing.disk === undefined ? [] : (['disk filled'] as const)),
    ...(missing.clock === undefined ? [] : (['clock turned'] as const)),
  ];
  const failed: FailedRound[] = [];
  const site = new ChaosSite();
  try {
    for (let round = 1; round <= rounds; round++) {
      const plan = planRound({ seed, round, hypervisor, without });
      const cloud = await site.open(plan.hypervisor);
      const violations = await runRound(cloud, site.image, plan, round);
      const faults = plan.faults.map(({ kind, after }) => `${kind} after ${after}`).join(', ');
      say(`Round ${round}, ${plan.hypervisor} (${faults}): ${violations.length === 0 ? 'holds' : 'DOES NOT HOLD'}`);
      if (violations.length === 0) continue;
      for (const violation of violations) say(`  ${violation}`);
      const evidence = join(repository, 'artifacts', 'chaos', String(seed), `round-${round}`);
      await cloud.keepEvidence(evidence);
      writeFileSync(join(evidence, 'plan.json'), JSON.stringify(plan, null, 2));
      writeFileSync(join(evidence, 'violations.txt'), `${violations.join('\n')}\n`);
      failed.push({ round, violations, evidence });
      await site.close();
    }
  } finally {
    await site.close();
  }
  return failed;
}

/** The cloud that is at work, made when it is first needed. */
class ChaosSite {
  image = '';
  #cloud: ChaosCloud | null = null;

  async open(hypervisor: Hypervisor): Promise<ChaosCloud> {
    if (this.#cloud?.hypervisor !== hypervisor) await this.close();
    if (this.#cloud !== null) return this.#cloud;
    const cloud = await ChaosCloud.open(hypervisor);
    this.#cloud = cloud;
    if (hypervisor === 'qemu') {
      this.image = await cloud.uploadGuest();
    } else {
      this.image = await cloud.createImage({ name: 'pretended', disk_format: 'raw' });
      const { status } = await cloud.uploadImage(this.image, Readable.from([Buffer.alloc(64 * 1024)]));
      if (status !== 204) throw new Error(`The image was not taken: ${status}`);
    }
    return cloud;
  }

  async close(): Promise<void> {
    await this.#cloud?.destroy();
    this.#cloud = null;
  }
}

async function runRound(cloud: ChaosCloud, image: string, plan: RoundPlan, round: number): Promise<string[]> {
  const counts = new Counts();
  const clients = plan.clients.map(
    ({ seed }, index) =>
      new ChaosClient({
        name: `round${round}-client${index + 1}`,
        seed,
        url: cloud.clientLine.url,
        token: cloud.token,
        image,
        ledger: cloud.ledger,
        onRequest: () => counts.add('requests'),
        onAcknowledged: () => counts.add('acknowledged'),
      }),
  );
  const work = plan.clients.map(async ({ actions }, index) => {
    for (const action of actions) await clients[index]?.perform(action);
  });
  const faults = (async () => {
    for (const fault of plan.faults) {
      await counts.reach('acknowledged', fault.after);
      await inject(cloud, fault, (count) => counts.reach('requests', counts.of('requests') + count));
      await cloud.startMissing();
    }
  })();
  await Promise.all([Promise.all(work).finally(() => counts.end()), faults]);
  await cloud.startMissing();
  const crashes = cloud.crashes.splice(0);
  const outrages = clients.flatMap((client) => client.outrages);
  return [...crashes, ...outrages, ...(await cloud.violations())];
}

type Counted = 'requests' | 'acknowledged';

/** Counts what clients do, and wakes whoever waits for a number. */
class Counts {
  readonly #counts: Record<Counted, number> = { requests: 0, acknowledged: 0 };
  readonly #waiting = new Set<{ what: Counted; count: number; wake: () => void }>();
  #hasEnded = false;

  of(what: Counted): number {
    return this.#counts[what];
  }

  add(what: Counted): void {
    this.#counts[what] += 1;
    this.#wakeAll();
  }

  /** Nobody is left who could do anything: no number is waited for any more. */
  end(): void {
    this.#hasEnded = true;
    this.#wakeAll();
  }

  async reach(what: Counted, count: number): Promise<void> {
    await new Promise<void>((wake) => {
      this.#waiting.add({ what, count, wake });
      this.#wakeAll();
    });
  }

  #wakeAll(): void {
    for (const waiting of this.#waiting) {
      if (!this.#hasEnded && this.#counts[waiting.what] < waiting.count) continue;
      this.#waiting.delete(waiting);
      waiting.wake();
    }
  }
}

/** For the command line: where what did not hold is described. */
export function describeFailures(failed: FailedRound[]): string {
  return failed.map(({ round, evidence }) => `Round ${round}: ${evidence}`).join('\n');
}
