import { UserError } from '../../../app/contract/errors.ts';
import type { MachineSpec } from '../../../app/contract/machine.ts';
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
    ...['machine-type:pc', 'machine-type:q35', 'architecture:x86_64', 'nics:hotplug'],
    ...['firmware:bios', 'firmware:uefi', 'metadata:service', 'hypervisor:qemu', 'hypervisor:kvm'],
    ...['watchdog:i6300esb', 'input:virtio', 'random:limits', 'disk:limits', 'cpu:topology', 'cpu:features', 'cpu:pmu'],
    ...['firmware:boot-menu', 'video:memory', 'timer:hpet'],
  ],
  traits: [
    ...['COMPUTE_ARCH_X86_64', 'HW_ARCH_X86_64', 'COMPUTE_FIRMWARE_BIOS', 'COMPUTE_FIRMWARE_UEFI'],
    ...['QCOW2', 'RAW', 'ISO'].map((format) => `COMPUTE_IMAGE_TYPE_${format}`),
    ...['VIRTIO', 'SCSI', 'IDE', 'SATA', 'USB'].map((bus) => `COMPUTE_STORAGE_BUS_${bus}`),
    ...['VIRTIO', 'E1000', 'E1000E', 'RTL8139', 'NE2K_PCI', 'PCNET', 'VMXNET3'].map(
      (model) => `COMPUTE_NET_VIF_MODEL_${model}`,
    ),
    ...['VGA', 'VIRTIO', 'QXL', 'CIRRUS', 'VMVGA', 'BOCHS', 'NONE'].map((model) => `COMPUTE_GRAPHICS_MODEL_${model}`),
    ...['UEFI_SECURE_BOOT', 'TPM_1_2', 'TPM_2_0', 'TPM_CRB', 'TPM_TIS'].map((name) => `COMPUTE_SECURITY_${name}`),
  ],
  preflight: [{ id: 'hypervisor', state: 'ok', fact: 'Simulated machines', hint: null, fixCommand: null }],
};

/** Of a machine that was just made. */
export function notStarted(id: string): MachineState {
  const since = new Date().toISOString();
  return { id, powerState: 'NOSTATE', reason: null, message: null, since, revision: 0, forwards: [] };
}

export function inWrongState({ state }: { state: Pick<MachineState, 'powerState'> }, verb: string): UserError {
  return new UserError('conflict', `The machine is ${state.powerState} and cannot be ${verb} now.`);
}

/** That there is a config drive is known, what is in it is not. */
export function withoutSecrets(spec: MachineSpec): MachineSpec {
  return { ...spec, configDrive: spec.configDrive && {} };
}
