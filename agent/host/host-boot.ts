import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { readJsonIfWhole, writeJson } from '../json-file.ts';
import { hasRebootedSince, readBootId } from '../process-identity.ts';

const noteSchema = z.object({ id: z.string(), at: z.string() });

/** Another one with each start of the host. Where the system has none, one is made up, and kept in the agent's folder. */
export async function readHostBoot(folder: string): Promise<string> {
  const its = await readBootId();
  if (its !== null) return its;
  const path = join(folder, 'boot.json');
  const noted = await readJsonIfWhole(path, noteSchema);
  if (noted !== null && !(await hasRebootedSince({ bootId: null, at: noted.at }))) return noted.id;
  const id = randomUUID();
  await writeJson(path, { id, at: new Date().toISOString() }, 'durable');
  return id;
}
