import type { KnownHost } from '../contract/v1.ts';
import type { HostRecord } from './scheduler.repository.ts';
import { hosts } from './scheduler.tables.ts';

/** A host as `/v1/hosts` tells of it, but for whether its agent is away: that the service knows. */
export function toHostView(host: HostRecord): Omit<KnownHost, 'isAway'> {
  return {
    id: host.id,
    name: host.name,
    state: host.state === 'up' ? 'up' : 'down',
    since: host.since,
    lastSeenAt: host.last_seen_at,
    zone: host.zone,
    disabledReason: host.disabled_reason,
    isForcedDown: host.forced_down !== 0,
    facts: hosts.columns.facts.read(host.facts),
    allocated: {
      vcpus: host.used_vcpus,
      memoryMib: host.used_memory_mib,
      diskGib: host.used_disk_gib,
      machines: host.machines,
    },
    ratios: { vcpus: host.vcpu_ratio, memory: host.memory_ratio, disk: host.disk_ratio },
  };
}
