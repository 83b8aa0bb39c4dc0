import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { keptMachineSchema, keptStateSchema } from '../contract/machine-folder.ts';
import { placeOf } from './backup-format.ts';
import { jsonOrNull } from './json-text.ts';

/** A machine's files as they were when they were looked at. */
export interface MachineDisks {
  files: { name: string; path: string; size: number }[];
  /** Path of the image in the host's cache that its root disk stands on; null where that is nothing. */
  baseImage: string | null;
  /** Another one now means that it was started, or changed otherwise. */
  fingerprint: string;
}

/**
 * What there is of a machine of this computer: its files when it is off, `running` when it is not, `missing` when it has
 * none. Whoever copies them looks again afterwards: a machine that was started meanwhile has another fingerprint.
 */
export async function machineDisks(agentDir: string, id: string): Promise<MachineDisks | 'running' | 'missing'> {
  const folder = join(agentDir, 'machines', id);
  let record: z.infer<typeof keptMachineSchema>;
  let stateText: string;
  try {
    record = keptMachineSchema.parse(jsonOrNull(await readFile(join(folder, 'machine.json'), 'utf8')));
    stateText = await readFile(join(folder, 'state.json'), 'utf8');
  } catch {
    return 'missing';
  }
  const state = keptStateSchema.safeParse(jsonOrNull(stateText));
  if (!state.success || state.data.isLaunching || isAlive(state.data.process?.pid)) return 'running';
  const files: MachineDisks['files'] = [];
  const marks: string[] = [stateText];
  for (const name of (await readdir(folder)).sort()) {
    const part = `machines/${id}/${name}`;
    const path = join(folder, name);
    const found = await stat(path, { bigint: true });
    // Files that are being written or replaced, and none of the agent's.
    if (!found.isFile() || placeOf(part) === undefined || /\.(?:tmp|partial)$/.test(name)) continue;
    files.push({ name: part, path, size: Number(found.size) });
    marks.push(`${name} ${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`);
  }
  const baseImage = record.baseImage && join(agentDir, 'image-cache', record.baseImage);
  return { files, baseImage, fingerprint: marks.join('\n') };
}

/** Also of another process that has got the number since: then nothing is copied that need not have been left out. */
function isAlive(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
