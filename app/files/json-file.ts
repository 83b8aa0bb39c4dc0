import { readFileSync } from 'node:fs';
import type { z } from 'zod';

/** What a file holds, as `schema` has it: for those that come with the program, or in place of such a one. */
export function readJsonFile<T>(file: string, schema: z.ZodType<T>): T {
  return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
}
