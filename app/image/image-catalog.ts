import { z } from 'zod';
import { catalogEntrySchema } from '../contract/v1.ts';
import { readJsonFile } from '../files/json-file.ts';

/** An entry as it stands in the file: without what depends on who asks. */
export const catalogSourceSchema = catalogEntrySchema.omit({ imageId: true, taskId: true });
export type CatalogSource = z.infer<typeof catalogSourceSchema>;

const catalogSchema = z
  .array(
    catalogSourceSchema.refine(
      ({ builtIn, url, checksum }) => builtIn || (url !== null && (checksum.value ?? checksum.url) !== null),
      'an entry that is not built in needs an address and a checksum',
    ),
  )
  .refine((entries) => new Set(entries.map(({ id }) => id)).size === entries.length, 'ids must differ');

/** Reads `assets/image-catalog.json`, or a file that replaces it. */
export function loadCatalog(file: string): CatalogSource[] {
  return readJsonFile(file, catalogSchema);
}
