import { z } from 'zod';

/** A link as all OpenStack's APIs give it. */
export const linkSchema = z
  .strictObject({ rel: z.string(), href: z.string(), type: z.string().optional() })
  .meta({ title: 'Link' });
export const linksSchema = z.array(linkSchema);

/** What a version document says of one version. */
export const versionSchema = z.strictObject({
  id: z.string(),
  status: z.string(),
  version: z.string().optional(),
  min_version: z.string().optional(),
  updated: z.string().optional(),
  links: linksSchema,
  'media-types': z.array(z.strictObject({ base: z.string(), type: z.string() })).optional(),
});
export const versionListSchema = z.strictObject({ versions: z.array(versionSchema) });
