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

/** What a flavor gives a machine. */
export const machineSizesSchema = z.object({
  vcpus: z.number().int().min(1),
  memoryMib: z.number().int().min(1),
  /** GiB of the root disk; 0 means the image's own size (Nova's meaning of `root_gb` 0). */
  rootDiskGib: z.number().int().min(0),
  ephemeralDiskGib: z.number().int().min(0).default(0),
  swapMib: z.number().int().min(0).default(0),
});
export type MachineSizes = z.infer<typeof machineSizesSchema>;

/** Everything a host needs to make and start a machine; the agent stores it to re-adopt and to start it again. */
export const machineSpecSchema = machineSizesSchema.extend({
  /** The server's uuid. */
  id: z.uuid(),
  /** Display name: data only, never part of a path or an option without quoting. */
  name: z.string(),
  image: machineImageSchema,
  firmware: z.enum(['bios', 'uefi']),
  /** From image properties `hw_disk_bus`, `hw_vif_model`, `hw_video_model`, ...; drivers ignore what they do not know. */
  hardware: z.record(z.string(), z.string()),
  ports: z.array(machinePortSchema),
  /** Files of the config drive by path (`openstack/latest/meta_data.json`), base64; null for none. */
  configDrive: z.record(z.string(), z.string()).nullable(),
});
export type MachineSpec = z.infer<typeof machineSpecSchema>;

/** What a host reports of one machine, as an event or on a full listing. */
export const machineStatusSchema = z.object({
  id: z.string(),
  /** The highest generation this host has carried out or begun for the machine. */
  generation: z.number().int(),
  powerState: powerStateSchema,
  /**
   * Why it is in that state where it was not asked for: `guest-shutdown`, `killed`, `guest-panic`, `host-reboot`; of a
   * paused one `disk-full`, `io-error` or `flood`.
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
});
export type MachineStatus = z.infer<typeof machineStatusSchema>;
