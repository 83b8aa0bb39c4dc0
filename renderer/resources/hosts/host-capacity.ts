import type { HostView } from '../../../app/contract/v1.ts';

export interface Capacity {
  used: number;
  /** With overcommit. */
  limit: number;
  /** What there is without it. */
  real: number;
  ratio: number;
}

export interface HostCapacity {
  vcpus: Capacity;
  /** MiB */
  memory: Capacity;
  /** GiB */
  disk: Capacity;
}

/** What machines were promised of what a host may promise; null before it has told its facts. */
export function capacityOf(host: Pick<HostView, 'facts' | 'allocated' | 'ratios'>): HostCapacity | null {
  const { facts, allocated, ratios } = host;
  if (!facts) return null;
  const capacity = (used: number, real: number, ratio: number): Capacity => ({
    used,
    limit: Math.floor(real * ratio),
    real,
    ratio,
  });
  return {
    vcpus: capacity(allocated.vcpus, facts.vcpus, ratios.vcpus),
    memory: capacity(allocated.memoryMib, facts.memoryMib, ratios.memory),
    disk: capacity(allocated.diskGib, facts.diskGib, ratios.disk),
  };
}
