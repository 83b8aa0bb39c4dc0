import type { Queryable } from '../database/database.ts';
import type { Amounts, QuotaScope } from '../quota/quota.service.ts';
import type { ServerRepository } from './server.repository.ts';

/** Machines that were admitted, of which some are not stored yet. */
export interface AdmittedLaunch {
  readonly projectId: string;
  readonly userId: string | null;
  /** The server group they will be in. */
  readonly groupId: string | null;
  readonly each: { readonly vcpus: number; readonly ram: number };
  /** Of each part, in their order: one of its servers, and how many are to be stored after it. */
  readonly parts: { readonly serverId: string; readonly left: number }[];
}

/** Longer than any transaction lasts, milliseconds. */
const LONGEST_TRANSACTION = 20_000;

/**
 * Launches of many machines under way: what is still to be stored counts as used. Others may see a part long before its
 * commit is told of, or may never see it: so each transaction looks itself which parts it sees.
 */
export class AdmittedLaunches {
  readonly #servers: Pick<ServerRepository, 'findAny'>;
  readonly #launches = new Set<AdmittedLaunch>();

  constructor(servers: Pick<ServerRepository, 'findAny'>) {
    this.#servers = servers;
  }

  begin(launch: AdmittedLaunch): void {
    this.#launches.add(launch);
  }

  /** Of one that was stored whole some may still see less, whose transactions began before. */
  end(launch: AdmittedLaunch, isStored: boolean): void {
    if (!isStored || launch.parts.length <= 1) this.#launches.delete(launch);
    else setTimeout(() => this.#launches.delete(launch), LONGEST_TRANSACTION).unref();
  }

  /** How many of that user will be in the server group. */
  async membersOf(query: Queryable, groupId: string, userId: string): Promise<number> {
    let sum = 0;
    for (const launch of [...this.#launches]) {
      if (launch.groupId === groupId && launch.userId === userId) sum += await this.#leftOf(query, launch);
    }
    return sum;
  }

  /** Of a project, or of what one user owns of it. */
  async sumOf(
    query: Queryable,
    { projectId, userId, ofUser }: QuotaScope,
  ): Promise<Required<Pick<Amounts, 'instances' | 'cores' | 'ram'>>> {
    const sum = { instances: 0, cores: 0, ram: 0 };
    for (const launch of [...this.#launches]) {
      if (launch.projectId !== projectId || (ofUser && launch.userId !== userId)) continue;
      const count = await this.#leftOf(query, launch);
      sum.instances += count;
      sum.cores += count * launch.each.vcpus;
      sum.ram += count * launch.each.ram;
    }
    return sum;
  }

  /** After the newest part that is seen. */
  async #leftOf(query: Queryable, { parts }: AdmittedLaunch): Promise<number> {
    if (parts.every(({ left }) => left === 0)) return 0;
    for (const { serverId, left } of parts.toReversed()) if (await this.#servers.findAny(serverId, query)) return left;
    return 0;
  }
}
