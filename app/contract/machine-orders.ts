import { z } from 'zod';
import { type BusMethod, defineMethod } from './bus.ts';
import {
  diskBusSchema,
  machineImageSchema,
  machinePortSchema,
  machineSizesSchema,
  machineSpecSchema,
  machineStatusSchema,
} from './machine.ts';

/** An order a host is given about one of its machines. */
export interface MachineOrder<A extends z.ZodObject, R extends z.ZodType> {
  readonly method: BusMethod<A, R>;
  /** The strongest orders do not wait for what is under way at the machine: they end it. */
  readonly supersedes: (args: z.output<A>) => boolean;
  /** Whether people may call off the work that it is. */
  readonly isCancellable: boolean;
}

const target = z.object({ id: z.uuid(), generation: z.number().int().min(1) });
const nothing = z.object({});
const timeoutSeconds = z.number().int().min(0);
/** A host of before would make a machine without the disks that it has beside its first. */
const WITH_DISKS = 2;
/** Which resize is meant. */
const migration = z.uuid();

/** What a machine starts from instead of its own disks. */
const machineRescueSchema = z.object({
  image: machineImageSchema,
  device: z.enum(['disk', 'cdrom']),
  /** Null: the bus of the machine's own disks, or drives. */
  bus: diskBusSchema.nullable(),
  /** All disks of the machine are there, in their places. */
  isStable: z.boolean(),
  /** Files of the config drive meanwhile. */
  configDrive: machineSpecSchema.shape.configDrive,
});
export type MachineRescue = z.infer<typeof machineRescueSchema>;

/**
 * Every order to a host about one machine. Each carries `generation`, which the controller raises with each order for a
 * machine: an agent that has seen a higher one answers `stale_generation` and changes nothing; the same generation again
 * changes nothing and repeats the failure of the first time, or answers success with the machine's state of now. All are
 * idempotent. What a driver does for each stands in its `orders`.
 */
export const machineOrders = {
  /** Cache the image, lay the disk, write the config drive, plug the ports, start. Reports stages `image` (bytes), `disk`, `config-drive`, `network`, `start`. */
  spawn: order('spawn', {
    version: WITH_DISKS,
    args: { spec: machineSpecSchema },
    refused: ({ id, spec }) => (spec.id === id ? null : 'The specification is of another machine.'),
  }),
  /** Stop at once and remove every trace. A machine that is not there is success. */
  destroy: order('destroy', { result: nothing, supersedes: () => true }),
  /**
   * The same machine with another image and new disks; it is off afterwards. Reports stages `image` and `disk` as `spawn`.
   * Until all is there it runs on, and where the order fails it is as it was, but for its power.
   */
  rebuild: order('rebuild', {
    version: WITH_DISKS,
    args: { spec: machineSpecSchema, keepsEphemeral: z.boolean() },
    refused: ({ id, spec }) => (spec.id === id ? null : 'The specification is of another machine.'),
  }),
  /**
   * The root disk as it is at one moment, whole and without an image below it, goes to the controller as the bytes of
   * `image`; the machine stays as it is. Reports the stages `snapshot` and `upload` (bytes).
   */
  snapshot: order('snapshot', { args: { image: z.uuid() }, isCancellable: true }),
  /**
   * It starts from another image, with its own root disk as the second one; its own disks stay what they are. Reports
   * stages `image` and `disk` as `spawn`. Until all is there it runs on.
   */
  rescue: order('rescue', { args: { rescue: machineRescueSchema } }),
  /** Back to its own disks, on which it starts. One that is not rescued is started. */
  unrescue: order('unrescue', {}),
  /**
   * The same machine with more or less of everything; it is off afterwards. It gets `timeoutSeconds` to shut down by itself,
   * once all that can fail is done. What it was is kept beside it until that resize is confirmed or reverted.
   */
  resize: order('resize', {
    version: WITH_DISKS,
    // `hardware`: what it is to be of that which the flavor decides.
    args: {
      migration,
      ...machineSizesSchema.shape,
      hardware: machineSpecSchema.shape.hardware.optional(),
      timeoutSeconds,
    },
  }),
  /** It is what it was resized to for good: what was kept of before becomes part of it, or goes. It may run meanwhile. */
  confirmResize: order('confirm_resize', { args: { migration } }),
  /** It is what it was before, with its disks as they were, and off. Where there was no such resize nothing changes. */
  revertResize: order('revert_resize', { args: { migration } }),
  /** From its own disks, also where it was rescued. */
  start: order('start', {}),
  /** `graceful`: press the power button and wait `timeoutSeconds`, then (only if `force`) cut the power; else answers `timeout`. */
  stop: order('stop', {
    args: { graceful: z.boolean(), timeoutSeconds, force: z.boolean() },
    supersedes: ({ graceful }) => !graceful,
    isCancellable: true,
  }),
  /** `soft`: power button and start again, falling back to hard after `timeoutSeconds`; `hard`: power cycle. */
  reboot: order('reboot', {
    args: { type: z.enum(['soft', 'hard']), timeoutSeconds },
    supersedes: ({ type }) => type === 'hard',
  }),
  pause: order('pause', {}),
  unpause: order('unpause', {}),
  /** Memory goes to disk and the hypervisor process ends. */
  suspend: order('suspend', {}),
  resume: order('resume', {}),
  /**
   * A card for the port: in a guest that runs now where its board allows it, else from its next start on; the status says
   * which. From a host that tells of `nics:hotplug`.
   */
  plugNic: order('plug_nic', { args: { port: machinePortSchema } }),
  /**
   * The port's card goes. A guest that does not let go of it within a while has it without a network until its next start.
   * One that is not there is success.
   */
  unplugNic: order('unplug_nic', { args: { port: z.string() } }),
  /** A non-maskable interrupt to the guest's processors; what they make of it is theirs. */
  triggerCrashDump: order('trigger_crash_dump', {}),
} as const;

export type MachineOrderName = keyof typeof machineOrders;
type MethodOf<N extends MachineOrderName> = (typeof machineOrders)[N]['method'];
export type MachineOrderArgs<N extends MachineOrderName> = z.output<MethodOf<N>['args']>;
/** The machine's status of after it, or nothing where it ends the machine. */
export type MachineOrderResult<N extends MachineOrderName> = z.output<MethodOf<N>['result']>;

/** An order answers the machine's status, where it does not say otherwise. */
function order<A extends z.ZodRawShape = Record<never, z.ZodType>, R extends z.ZodType = typeof machineStatusSchema>(
  name: string,
  {
    version = 1,
    args,
    result,
    refused,
    supersedes = () => false,
    isCancellable = false,
  }: {
    version?: number;
    /** Beside the machine's id and the generation. */
    args?: A;
    result?: R;
    /** Why arguments that each are right do not go together. */
    refused?: (args: z.output<z.ZodObject<typeof target.shape & A>>) => string | null;
    supersedes?: (args: z.output<z.ZodObject<A>>) => boolean;
    isCancellable?: boolean;
  },
) {
  const plain = target.extend(args ?? {});
  const told = refused
    ? plain.superRefine((value, { addIssue }) => {
        const message = refused(value as unknown as Parameters<typeof refused>[0]);
        if (message !== null) addIssue({ code: 'custom', message });
      })
    : plain;
  const method = defineMethod(`machine.${name}`, version, told, result ?? machineStatusSchema);
  return { method, supersedes, isCancellable } as unknown as MachineOrder<z.ZodObject<typeof target.shape & A>, R>;
}
