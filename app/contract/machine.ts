import { z } from 'zod';

/** What runs on a host. Nova's server becomes a machine once it is placed. Sizes carry their unit in the name. */

/** Nova's `OS-EXT-STS:power_state` numbers, by name. */
export const POWER_STATE = { NOSTATE: 0, RUNNING: 1, PAUSED: 3, SHUTDOWN: 4, CRASHED: 6, SUSPENDED: 7 } as const;
export const powerStateSchema = z.enum(['NOSTATE', 'RUNNING', 'PAUSED', 'SHUTDOWN', 'CRASHED', 'SUSPENDED']);
export type PowerState = z.infer<typeof powerStateSchema>;

export const machineImageSchema = z.object({
  id: z.string(),
  diskFormat: z.enum(['qcow2', 'raw', 'iso']),
  /** Bytes of the stored file. */
  size: z.number().int(),
  sha512: z.string(),
  /** Bytes a guest sees. */
  virtualSize: z.number().int(),
});
export type MachineImage = z.infer<typeof machineImageSchema>;

export const machinePortSchema = z.object({
  id: z.string(),
  mac: z.string(),
  /** Name of the network driver that plugs it: `user` is QEMU's user-mode network. */
  driver: z.string(),
  networkId: z.string(),
  mtu: z.number().int(),
  /** What its machine's guest knows the card by. */
  tag: z.string().optional(),
  fixedIps: z.array(
    z.object({
      ipAddress: z.string(),
      /** Missing in what hosts of earlier versions have stored. */
      subnetId: z.string().optional(),
      cidr: z.string(),
      gatewayIp: z.string().nullable(),
      dnsNameservers: z.array(z.string()),
    }),
  ),
});
export type MachinePort = z.infer<typeof machinePortSchema>;

export const diskBusSchema = z.enum(['virtio', 'scsi', 'ide', 'sata', 'usb']);
export type DiskBus = z.infer<typeof diskBusSchema>;

/** Null: the bus of the machine's disks by its image. */
const bus = diskBusSchema.nullable().default(null);
/** What a guest finds a disk by; null for none. As long as every bus takes it. */
const serial = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,20}$/)
  .nullable()
  .default(null);

/** A disk beside the one that a machine starts from, empty as it is made. */
export const extraDiskSchema = z.object({
  /** Unique in its machine, and the same for as long as it is there. */
  id: z.string().regex(/^[a-z]+[0-9]*$/),
  /** `swap`: it is swap space already. */
  role: z.enum(['ephemeral', 'swap']),
  sizeMib: z.number().int().min(1),
  bus,
  serial,
  /** Its turn among what is tried after root disk and medium, from 1; null: it is not tried. */
  bootIndex: z.number().int().min(1).nullable().default(null),
});
export type ExtraDisk = z.infer<typeof extraDiskSchema>;

/** What a flavor gives a machine. */
export const machineSizesSchema = z.object({
  vcpus: z.number().int().min(1),
  memoryMib: z.number().int().min(1),
  /** GiB of the root disk; 0 means the image's own size (Nova's meaning of `root_gb` 0). */
  rootDiskGib: z.number().int().min(0),
  disks: z.array(extraDiskSchema),
});
export type MachineSizes = z.infer<typeof machineSizesSchema>;

/** Everything a host needs to make and start a machine; the agent stores it to re-adopt and to start it again. */
export const machineSpecSchema = machineSizesSchema.extend({
  /** The server's uuid. */
  id: z.uuid(),
  /** Display name: data only, never part of a path or an option without quoting. */
  name: z.string(),
  /** Null: its root disk is empty, and somebody brings a system some other way. */
  image: machineImageSchema.nullable(),
  root: z.object({ bus, serial }).default({ bus: null, serial: null }),
  firmware: z.enum(['bios', 'uefi']),
  /** From image properties `hw_disk_bus`, `hw_vif_model`, `hw_video_model`, ...; drivers ignore what they do not know. */
  hardware: z.record(z.string(), z.string()),
  ports: z.array(machinePortSchema),
  /** Files of the config drive by path (`openstack/latest/meta_data.json`), base64; null for none. */
  configDrive: z.record(z.string(), z.string()).nullable(),
});
export type MachineSpec = z.infer<typeof machineSpecSchema>;

/** A card of a machine, as its host has placed it. */
export const machineNicSchema = z.object({
  /** The port's id. */
  port: z.string(),
  /** On the PCI bus, as `0000:00:05.0`. */
  address: z.string(),
  /** What waits for the next start: the guest has no such card yet, or has not let go of it and has it without a network. */
  pending: z.enum(['plug', 'unplug']).nullable(),
});
export type MachineNic = z.infer<typeof machineNicSchema>;

/** As hosts have it stored: those of earlier versions have an ephemeral disk and one for swap in fields of their own. */
export const storedSizesSchema = z.preprocess(withDisks, machineSizesSchema);
export const storedSpecSchema = z.preprocess(withDisks, machineSpecSchema);

const firstSizesSchema = z.looseObject({ ephemeralDiskGib: z.number().default(0), swapMib: z.number().default(0) });

function withDisks(stored: unknown): unknown {
  const first = firstSizesSchema.safeParse(stored);
  if (!first.success || 'disks' in first.data) return stored;
  const { ephemeralDiskGib, swapMib, ...rest } = first.data;
  return { ...rest, disks: usualDisks(ephemeralDiskGib, swapMib) };
}

/** As a flavor means them where nobody says more: one ephemeral disk (GiB) and one for swap (MiB); none of 0. */
export function usualDisks(ephemeralGib: number, swapMib: number): ExtraDisk[] {
  const disk = (role: ExtraDisk['role'], sizeMib: number): ExtraDisk[] =>
    sizeMib > 0 ? [{ id: role, role, sizeMib, bus: null, serial: null, bootIndex: null }] : [];
  return [...disk('ephemeral', ephemeralGib * 1024), ...disk('swap', swapMib)];
}

/** What a host reports of one machine, as an event or on a full listing. */
export const machineStatusSchema = z.object({
  id: z.string(),
  /** The highest generation this host has carried out or begun for the machine. */
  generation: z.number().int(),
  powerState: powerStateSchema,
  /**
   * Why it is in that state where it was not asked for: `guest-shutdown`, `killed`, `terminated` (by a signal that
   * asks it to end, as all programs get one when their computer goes down), `guest-panic`, `host-reboot`; of a paused one `disk-full`, `io-error`
   * or `flood`; `watchdog` of one whose guest did not answer that, whatever came of it.
   */
  reason: z.string().nullable(),
  /** A sentence for people when `reason` is a failure, such as the end of QEMU's log. */
  message: z.string().nullable(),
  /** ISO time the state was entered. */
  since: z.string(),
  /**
   * Rises with each change of the state, also over restarts of the agent: of two that are told of one machine the higher
   * is the newer, in whatever order they arrive. 0 where an earlier version stored it.
   */
  revision: z.number().int().default(0),
  /** Host addresses that lead into the guest, such as the forwarded SSH port of the user-mode network. */
  forwards: z.array(z.object({ guestPort: z.number().int(), hostAddress: z.string(), hostPort: z.number().int() })),
  /** Left out by hosts of earlier versions. */
  nics: z.array(machineNicSchema).optional(),
});
export type MachineStatus = z.infer<typeof machineStatusSchema>;
