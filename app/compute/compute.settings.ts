import { z } from 'zod';

/** `[compute]` of `config.toml`. */
export const computeSettingsSchema = z.strictObject({
  /** Nova's: seconds for which a deleted server can be restored; 0: it is gone at once. */
  reclaim_instance_interval: z
    .number()
    .int()
    .min(0)
    .max(10 * 365 * 86_400)
    .default(0),
  /**
   * Nova's: every new machine has a config drive, also one that asks for none. Without it a machine has one where its
   * launch or its image says so; others learn their name and keys from the metadata service, and run only on hosts that
   * have it.
   */
  force_config_drive: z.boolean().default(true),
  /** Nova's, where it is 3: disks a machine may have on its host where its launch names them; -1: any number. */
  max_local_block_devices: z.number().int().min(-1).default(16),
  /** Nova's: seconds after which a shelved server leaves its host; 0: at once, -1: never by itself. */
  shelved_offload_time: z
    .number()
    .int()
    .min(-1)
    .max(10 * 365 * 86_400)
    .default(0),
  /** Nova's: seconds after which a resize that nobody confirmed or reverted is confirmed; 0: never. */
  resize_confirm_window: z
    .number()
    .int()
    .min(0)
    .max(10 * 365 * 86_400)
    .default(0),
  /** Nova's: what ran as its host went down starts again with it, of machines that say nothing else. */
  resume_guests_state_on_host_boot: z.boolean().default(true),
  /** How many machines of a host start at a time, where several are to. */
  startup_at_once: z.number().int().min(1).max(1000).default(2),
  /** Seconds for which a machine that was started counts as one that starts: its guest boots. */
  startup_settle_seconds: z.number().int().min(0).max(3600).default(3),
});
export type ComputeSettings = z.infer<typeof computeSettingsSchema>;

export const DEFAULT_COMPUTE_SETTINGS: ComputeSettings = computeSettingsSchema.parse({});
