import type { HostSize, HypervisorFacts, MachineState } from '../driver.ts';

/** The host that simulated machines pretend to be on. */
export const BIG_HOST: HostSize = {
  cpuModel: 'Simulated CPU',
  vcpus: 4096,
  memoryMib: 64 * 1024 * 1024,
  memoryFreeMib: 64 * 1024 * 1024,
  diskGib: 1024 * 1024,
  diskFreeGib: 1024 * 1024,
};

export const SIMULATED_FACTS: HypervisorFacts = {
  version: '1.0.0',
  accelerator: 'simulated',
  capabilities: [
    ...['qcow2', 'raw', 'iso'].map((format) => `disk-format:${format}`),
    ...['machine-type:pc', 'machine-type:q35', 'architecture:x86_64'],
    ...['firmware:bios', 'firmware:uefi', 'metadata:service'],
  ],
  preflight: [{ id: 'hypervisor', state: 'ok', fact: 'Simulated machines', hint: null, fixCommand: null }],
};

/** Of a machine that was just made. */
export function notStarted(id: string): MachineState {
  const since = new Date().toISOString();
  return { id, powerState: 'NOSTATE', reason: null, message: null, since, revision: 0, forwards: [] };
}
