import { readJsonFile } from '../../files/json-file.ts';
import { namespaceListSchema, type SentNamespace } from './metadef.schema.ts';

/** Reads `assets/metadefs.json`: the namespaces that most clouds have, in our words. */
export function loadMetadefs(file: string): SentNamespace[] {
  return readJsonFile(file, namespaceListSchema);
}
