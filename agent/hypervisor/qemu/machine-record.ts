import { z } from 'zod';
import { machineSpecSchema, machineStatusSchema } from '../../../app/contract/machine.ts';
import { keptMachineSchema, keptStateSchema } from '../../../app/contract/machine-folder.ts';
import { processIdentitySchema } from '../../process-identity.ts';
import { acceleratorSchema } from './accelerator-probe.ts';

const busSchema = z.enum(['virtio', 'scsi', 'ide', 'sata', 'usb']);

/** `hardware-choice.ts` says what the values mean. Stored so that a machine keeps its devices for life. */
export const hardwareSchema = z.object({
  machineType: z.string(),
  chipset: z.enum(['pc', 'q35']),
  diskBus: busSchema,
  cdromBus: busSchema,
  networkModel: z.enum(['virtio-net-pci', 'e1000', 'e1000e', 'rtl8139', 'ne2k_pci', 'pcnet', 'vmxnet3']),
  videoModel: z.enum(['VGA', 'virtio-vga', 'qxl-vga', 'cirrus-vga', 'vmware-svga', 'bochs-display', 'none']),
  pointerModel: z.enum(['usb-tablet', 'ps2']),
  hasRandomSource: z.boolean(),
});

/** `machine.json`: what a machine is. Written when all its files are there: a folder without it is no machine. */
export const machineRecordSchema = keptMachineSchema.extend({
  version: z.literal(1),
  /** Without the config drive's files, which hold secrets and are in the drive anyway. */
  spec: machineSpecSchema,
  hardware: hardwareSchema,
  hasConfigDrive: z.boolean(),
});
export type MachineRecord = z.infer<typeof machineRecordSchema>;

/** `state.json`: how it is. */
export const stateRecordSchema = keptStateSchema.extend({
  reason: z.string().nullable(),
  message: z.string().nullable(),
  since: z.string(),
  revision: machineStatusSchema.shape.revision,
  forwards: machineStatusSchema.shape.forwards,
  /** The process, once it is known. */
  process: processIdentitySchema.nullable(),
  /** What the running process, or the saved memory, depends on. */
  accelerator: acceleratorSchema.nullable(),
  /** Boot of the host in which this was written. */
  bootId: z.string().nullable(),
});
export type StateRecord = z.infer<typeof stateRecordSchema>;

/** Of a machine that was never started. */
export function initialState(): StateRecord {
  return {
    powerState: 'NOSTATE',
    reason: null,
    message: null,
    since: new Date().toISOString(),
    revision: 0,
    forwards: [],
    process: null,
    isLaunching: false,
    accelerator: null,
    bootId: null,
  };
}
