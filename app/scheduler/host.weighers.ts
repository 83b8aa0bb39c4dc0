import type { Candidate } from './host.filters.ts';

/** Each gives a number, more is better; they are normalised over the candidates to 0..1 and summed with their weight. */
const WEIGHERS: readonly { weight: number; of: (host: Candidate) => number }[] = [
  { weight: 1, of: ({ free }) => free.memoryMib },
  { weight: 1, of: ({ free }) => free.vcpus },
  { weight: 0.5, of: ({ free }) => free.diskGib },
];

/** The best of them, undefined when there is none. Of equals the first, so that decisions can be repeated. */
export function best(hosts: readonly Candidate[]): Candidate | undefined {
  const scores = new Float64Array(hosts.length);
  for (const { weight, of } of WEIGHERS) {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const host of hosts) {
      const value = of(host);
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    if (high === low) continue;
    hosts.forEach((host, index) => {
      scores[index] = (scores[index] ?? 0) + (weight * (of(host) - low)) / (high - low);
    });
  }
  let chosen = 0;
  scores.forEach((score, index) => {
    if (score > (scores[chosen] ?? 0)) chosen = index;
  });
  return hosts[chosen];
}
