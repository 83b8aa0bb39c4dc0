import type { AggregateService } from '../aggregate.service.ts';
import type { HostClaims } from '../collaborators.ts';
import { type EligibleHost, eligibleHosts, hostWishes } from './eligible-hosts.ts';
import type { HardwareWish } from './hardware-wish.ts';

/** Of hosts by their ids. */
export type KnownTraits = () => Promise<ReadonlyMap<string, readonly string[]>>;

/** Which hosts have what flavors and images want of one, beside what its agent tells of itself. */
export class HostEligibility {
  readonly #claims: Pick<HostClaims, 'listHosts'>;
  readonly #aggregates: AggregateService;
  #traits: KnownTraits = async () => new Map();

  constructor(parts: { claims: Pick<HostClaims, 'listHosts'>; aggregates: AggregateService }) {
    this.#claims = parts.claims;
    this.#aggregates = parts.aggregates;
  }

  /** Whoever keeps traits of hosts for administrators too, once there is one. */
  readonly traitsFrom = (known: KnownTraits): void => {
    this.#traits = known;
  };

  /** Null where any will do. */
  async of(wish: HardwareWish): Promise<{ ids: string[]; by: string[] } | null> {
    const wishes = hostWishes(wish);
    return wishes.length === 0 ? null : eligibleHosts(await this.#hosts(), wishes);
  }

  async #hosts(): Promise<EligibleHost[]> {
    const [hosts, records, traits] = await Promise.all([
      this.#claims.listHosts(),
      this.#aggregates.records.list(),
      this.#traits(),
    ]);
    const members = await this.#aggregates.hosts(records);
    return hosts.map(({ id, facts }) => ({
      ...{ id, facts },
      aggregates: records.filter((record) => members.get(record.id)?.includes(id)),
      traits: [...(facts?.traits ?? []), ...(traits.get(id) ?? [])],
    }));
  }
}
