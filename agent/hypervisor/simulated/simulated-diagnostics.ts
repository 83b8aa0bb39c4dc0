import type { MachineSpec } from '../../../app/contract/machine.ts';
import type { MachineDiagnostics } from '../../../app/contract/machine-diagnostics.ts';

/** Of a guest that does nothing. */
export function idleDiagnostics({ vcpus, memoryMib, ports }: MachineSpec): MachineDiagnostics {
  return {
    cpus: Array.from({ length: vcpus }, () => ({ nanoseconds: 0 })),
    memory: { maximumMib: memoryMib, usedMib: memoryMib },
    disks: [{ name: 'root', readBytes: 0, reads: 0, writtenBytes: 0, writes: 0, failures: 0 }],
    nics: ports.map(({ mac }) => ({ mac, traffic: null })),
  };
}
