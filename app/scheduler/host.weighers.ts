import { RESOURCES, type Room } from './host.filters.ts';

/** More left is better; what is left is normalised over the candidates to 0..1 and summed with these weights. */
const WEIGHTS: Room = { memoryMib: 1, vcpus: 1, diskGib: 0.5 };

/** What is left on each host, a column a resource: a decision goes through thousands of them. */
export type FreeRoom = Readonly<Record<keyof Room, Float64Array>>;

/** Used by each decision anew. */
let scores = new Float64Array(0);

/** The best of those hosts, undefined when there is none. Of equals the first, so that decisions can be repeated. */
export function best(free: FreeRoom, hosts: Int32Array): number | undefined {
  if (scores.length < hosts.length) scores = new Float64Array(hosts.length);
  scores.fill(0, 0, hosts.length);
  for (const resource of RESOURCES) {
    const column = free[resource];
    const weight = WEIGHTS[resource];
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const host of hosts) {
      const left = column[host] as number;
      low = Math.min(low, left);
      high = Math.max(high, left);
    }
    if (high === low) continue;
    for (let at = 0; at < hosts.length; at++) {
      const left = column[hosts[at] as number] as number;
      scores[at] = (scores[at] as number) + (weight * (left - low)) / (high - low);
    }
  }
  let chosen = 0;
  for (let at = 1; at < hosts.length; at++) {
    if ((scores[at] as number) > (scores[chosen] as number)) chosen = at;
  }
  return hosts[chosen];
}
