import { z } from 'zod';
import { diskBusSchema, machineImageSchema } from '../../../app/contract/machine.ts';

const place = z.number().int().min(0);

/** Where a device is plugged: a slot of the board's PCI bus, or a place at the controller of a bus. */
export const addressSchema = z.discriminatedUnion('at', [
  z.object({ at: z.literal('pci'), slot: place }),
  z.object({ at: z.literal('scsi'), unit: place }),
  z.object({ at: z.literal('ide'), channel: place, unit: place }),
  z.object({ at: z.literal('sata'), port: place }),
  /** As QEMU writes it: behind a hub the hub's port, a dot, and its own. */
  z.object({ at: z.literal('usb'), port: z.string() }),
]);
export type Address = z.infer<typeof addressSchema>;

/** What a disk's first bytes are from. */
export const diskSourceSchema = z.discriminatedUnion('kind', [
  /** The image itself for a medium that is only read, else what is written over it. */
  z.object({ kind: z.literal('image'), image: machineImageSchema }),
  z.object({ kind: z.literal('blank') }),
  /** One of the host's, which is not the machine's own. */
  z.object({ kind: z.literal('file'), path: z.string(), format: z.enum(['raw', 'qcow2']) }),
  /** Files the machine was given. */
  z.object({ kind: z.literal('config-drive') }),
]);

export const diskFileSchema = z.string().regex(/^[a-z-]+[0-9]*(?:\.[0-9]+)?\.(?:qcow2|raw|iso)$/);

export const machineDiskSchema = z.object({
  /** Unique in its machine; the hypervisor's names for it are made of it. */
  id: z.string(),
  /** `rescue`: what another image is written over while the machine starts from that. `attached`: it came later. */
  role: z.enum(['root', 'cdrom', 'ephemeral', 'swap', 'config-drive', 'rescue', 'attached']),
  /** What one that came later is known by. */
  key: z.string().optional(),
  source: diskSourceSchema,
  /** Its own, in the machine's folder; null where the image itself, or a file of the host, is read. */
  file: diskFileSchema.nullable(),
  /** Another file of the machine that its own lies over: it has what was written before the machine was resized. */
  over: diskFileSchema.optional(),
  bus: diskBusSchema,
  address: addressSchema,
  /** The firmware tries the lowest first; null for what does not boot. */
  bootIndex: z.number().int().min(1).nullable(),
  /** What the guest reads as its serial number; null for none. */
  serial: z.string().nullable(),
});
export type MachineDisk = z.infer<typeof machineDiskSchema>;

export const machineNicSchema = z.object({
  /** Unique in its machine, as a disk's. */
  id: z.string(),
  /** The port's id. */
  port: z.string(),
  model: z.enum(['virtio-net-pci', 'e1000', 'e1000e', 'rtl8139', 'ne2k_pci', 'pcnet', 'vmxnet3']),
  address: addressSchema,
});
export type MachineNic = z.infer<typeof machineNicSchema>;

/**
 * The devices that a machine has beside those of its board, each in the place it keeps: a guest finds them where they
 * were, and a saved memory fits.
 */
export const machineDevicesSchema = z.object({
  /** Of buses that the board lacks, each in its PCI slot. */
  controllers: z.array(z.object({ bus: z.enum(['scsi', 'sata']), slot: place })),
  disks: z.array(machineDiskSchema),
  nics: z.array(machineNicSchema),
  /** What else it has for itself, which machines of before have not. */
  extras: z.array(z.object({ device: z.enum(['watchdog', 'random']), slot: place })).optional(),
  /** PCI slot of what the port to the guest agent is plugged into; machines of earlier versions have none. */
  guestAgentSlot: place.optional(),
});
export type MachineDevices = z.infer<typeof machineDevicesSchema>;
