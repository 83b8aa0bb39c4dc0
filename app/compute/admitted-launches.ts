import type { Amounts, QuotaScope } from '../quota/quota.service.ts';

/** Machines that were admitted and are not stored yet. */
export interface AdmittedLaunch {
  readonly projectId: string;
  readonly userId: string | null;
  /** The server group they will be in. */
  readonly groupId: string | null;
  readonly each: { readonly vcpus: number; readonly ram: number };
  count: number;
}

/** Launches of many machines under way: what is still to be stored counts as used. */
export class AdmittedLaunches {
  readonly #launches = new Set<AdmittedLaunch>();

  begin(launch: AdmittedLaunch): void {
    this.#launches.add(launch);
  }

  end(launch: AdmittedLaunch): void {
    this.#launches.delete(launch);
  }

  /** How many will be in the server group. */
  membersOf(groupId: string): number {
    return [...this.#launches].reduce((sum, launch) => sum + (launch.groupId === groupId ? launch.count : 0), 0);
  }

  /** Of a project, or of what one user owns of it. */
  sumOf({ projectId, userId, ofUser }: QuotaScope): Required<Pick<Amounts, 'instances' | 'cores' | 'ram'>> {
    const sum = { instances: 0, cores: 0, ram: 0 };
    for (const { count, each, ...owner } of this.#launches) {
      if (owner.projectId !== projectId || (ofUser && owner.userId !== userId)) continue;
      sum.instances += count;
      sum.cores += count * each.vcpus;
      sum.ram += count * each.ram;
    }
    return sum;
  }
}
