import { z } from 'zod';

/** How long a service of the operator may take, seconds. */
const seconds = z.number().int().min(1).max(60).default(5);

/** `[metadata]` of `config.toml`, in Nova's names. */
export const metadataSettingsSchema = z.strictObject({
  /** A file with a JSON object: what every guest is told as vendor data. Read each time. */
  vendordata_jsonfile_path: z.string().max(4096).default(''),
  /** `NAME@URL` each: services that are asked about a machine when its guest asks for `vendor_data2.json`. */
  vendordata_dynamic_targets: z
    .array(z.string().regex(/^[^@\s]{1,255}@https?:\/\/\S+$/, 'must be NAME@URL, with a URL of http or https'))
    .max(16)
    .refine((targets) => new Set(targets.map(nameOf)).size === targets.length, 'has the same name twice')
    .default([]),
  vendordata_dynamic_connect_timeout: seconds,
  vendordata_dynamic_read_timeout: seconds,
  /** A launch or a question fails when such a service does, instead of going on without it. */
  vendordata_dynamic_failure_fatal: z.boolean().default(false),
});
export type MetadataSettings = z.infer<typeof metadataSettingsSchema>;

export const DEFAULT_METADATA_SETTINGS: MetadataSettings = metadataSettingsSchema.parse({});

function nameOf(target: string): string {
  return target.slice(0, target.indexOf('@'));
}
