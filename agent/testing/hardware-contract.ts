import { expect } from 'vitest';
import type { MachineSpec } from '../../app/contract/machine.ts';
import { machineHardwareSchema } from '../../app/contract/machine-hardware.ts';
import type { HypervisorDriver } from '../hypervisor/driver.ts';

/** A machine's hardware is told as it was asked for, also while it is off; then nothing waits for its next start. */
export async function expectHardware(driver: HypervisorDriver, spec: MachineSpec): Promise<void> {
  const told = await driver.hardware(spec.id);
  expect(machineHardwareSchema.parse(told)).toEqual(told);
  expect(told).toMatchObject({ vcpus: spec.vcpus, memoryMib: spec.memoryMib, firmware: spec.firmware });
  const [root] = told.disks;
  expect(root).toMatchObject({ role: 'root', sizeBytes: spec.rootDiskGib * 1024 ** 3, imageId: spec.image?.id });
  expect(told.disks.map(({ role }) => role)).toContain('config-drive');
  expect(told.cards.map(({ mac, portId }) => [mac, portId])).toEqual(spec.ports.map(({ mac, id }) => [mac, id]));
  for (const { pending } of [...told.disks, ...told.cards, ...told.devices]) expect(pending).toBeNull();
}
