import type { MachineSpec } from '../../../app/contract/machine.ts';
import type { MachineDiagnostics } from '../../../app/contract/machine-diagnostics.ts';
import type { MachineStatistics } from '../../../app/contract/machine-statistics.ts';
import type { MachineState } from '../driver.ts';

/** Of those that run. */
export function idleStatistics(machines: readonly Pick<MachineState, 'id' | 'powerState'>[]): MachineStatistics[] {
  const memory = { residentBytes: 0, guest: null };
  const disk = { readBytes: 0, writtenBytes: 0 };
  const running = machines.filter(({ powerState }) => powerState === 'RUNNING');
  return running.map(({ id }) => ({ id, cpuNanoseconds: 0, memory, disk, network: null }));
}

/** Of a guest that does nothing. */
export function idleDiagnostics({ vcpus, memoryMib, ports }: MachineSpec): MachineDiagnostics {
  return {
    cpus: Array.from({ length: vcpus }, () => ({ nanoseconds: 0 })),
    memory: { maximumMib: memoryMib, usedMib: memoryMib },
    disks: [{ name: 'root', readBytes: 0, reads: 0, writtenBytes: 0, writes: 0, failures: 0 }],
    nics: ports.map(({ mac }) => ({ mac, traffic: null })),
  };
}
