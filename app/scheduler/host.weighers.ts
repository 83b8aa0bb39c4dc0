import { type ClaimRequest, freeOf, type Host } from './host.filters.ts';

/** Each gives a number, more is better; they are normalised over the candidates to 0..1 and summed with their weight. */
const WEIGHERS: readonly { weight: number; of: (host: Host, request: ClaimRequest) => number }[] = [
  { weight: 1, of: (host) => freeOf(host).memoryMib },
  { weight: 1, of: (host) => freeOf(host).vcpus },
  { weight: 0.5, of: (host) => freeOf(host).diskGib },
];

/** Best first; ties keep the order of the host's name, so that decisions can be repeated. */
export function weigh(hosts: readonly Host[], request: ClaimRequest): Host[] {
  const scores = new Map(hosts.map((host) => [host.id, 0]));
  for (const { weight, of } of WEIGHERS) {
    const raw = hosts.map((host) => of(host, request));
    const low = Math.min(...raw);
    const span = Math.max(...raw) - low;
    if (span === 0) continue;
    hosts.forEach((host, index) => {
      scores.set(host.id, (scores.get(host.id) ?? 0) + (weight * ((raw[index] ?? low) - low)) / span);
    });
  }
  return [...hosts].sort((a, b) => (scores.get(b.id) ?? 0) - (scores.get(a.id) ?? 0) || a.name.localeCompare(b.name));
}
