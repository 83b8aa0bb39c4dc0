import type { StartAfter } from '../../contract/startup.ts';

export interface Placed {
  readonly id: string;
  readonly order: number | null;
  readonly after: readonly Pick<StartAfter, 'server'>[];
}

/** Behind all that have a number. */
const LAST = Number.POSITIVE_INFINITY;

/**
 * The order of each machine among these, as it comes to be: what others wait for is in no later one than they are, for they
 * would wait for each other.
 */
export function ordersOf(machines: readonly Placed[]): Map<string, number> {
  const byId = new Map(machines.map((machine) => [machine.id, machine]));
  const orders = new Map(machines.map(({ id, order }) => [id, order ?? LAST]));
  const pull = (id: string): void => {
    const order = orders.get(id) ?? LAST;
    for (const { server } of byId.get(id)?.after ?? []) {
      if ((orders.get(server) ?? order) <= order) continue;
      orders.set(server, order);
      pull(server);
    }
  };
  for (const { id } of machines) pull(id);
  return orders;
}

/** The machines in waves: each starts when those before it have, so far as nothing else holds it up. */
export function wavesOf<M extends Placed>(machines: readonly M[]): M[][] {
  const byId = new Map(machines.map((machine) => [machine.id, machine]));
  const orders = ordersOf(machines);
  const depths = new Map<string, number>();
  const depthOf = (machine: M, above: ReadonlySet<string>): number => {
    const known = depths.get(machine.id);
    if (known !== undefined) return known;
    const order = orders.get(machine.id);
    let depth = 0;
    for (const { server } of machine.after) {
      const before = byId.get(server);
      if (before === undefined || above.has(server) || orders.get(server) !== order) continue;
      depth = Math.max(depth, 1 + depthOf(before, new Set([...above, machine.id])));
    }
    depths.set(machine.id, depth);
    return depth;
  };
  const waves = new Map<string, { order: number; depth: number; machines: M[] }>();
  for (const machine of machines) {
    const [order, depth] = [orders.get(machine.id) ?? LAST, depthOf(machine, new Set([machine.id]))];
    const wave = waves.get(`${order} ${depth}`) ?? { order, depth, machines: [] };
    wave.machines.push(machine);
    waves.set(`${order} ${depth}`, wave);
  }
  return [...waves.values()]
    .sort((one, other) => (one.order === other.order ? one.depth - other.depth : one.order - other.order))
    .map((wave) => wave.machines);
}

/** The ids of a circle that begins and ends with `id`; null where there is none. */
export function circleThrough(
  id: string,
  afterOf: (id: string) => readonly Pick<StartAfter, 'server'>[],
): string[] | null {
  const seen = new Set<string>();
  const search = (from: string, way: readonly string[]): string[] | null => {
    for (const { server } of afterOf(from)) {
      if (server === id) return [...way, from, id];
      if (seen.has(server)) continue;
      seen.add(server);
      const found = search(server, [...way, from]);
      if (found) return found;
    }
    return null;
  };
  return search(id, []);
}
