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
});
export type ComputeSettings = z.infer<typeof computeSettingsSchema>;

export const DEFAULT_COMPUTE_SETTINGS: ComputeSettings = computeSettingsSchema.parse({});
