import { execFile } from 'node:child_process';
import { open } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { promisify } from 'node:util';
import { OperationalError, UnexpectedError, UserError } from '../../../app/contract/errors.ts';
import type { MachineSpec } from '../../../app/contract/machine.ts';
import { explainDiskFull } from '../../disk-full.ts';
import type { BlockNode } from '../../storage/block-node.ts';

const run = promisify(execFile);

export const GIB = 1024 ** 3;
export const MIB = 1024 ** 2;

/** MiB of a disk that is empty as it is made. */
export function sizeOfDisk({ disks }: Pick<MachineSpec, 'disks'>, { id }: { id: string }): number {
  const disk = disks.find((each) => each.id === id);
  if (disk === undefined) throw new UnexpectedError(`The specification has no disk ${id}.`);
  return disk.sizeMib;
}

/** Bytes of the root disk; null when the machine has none. */
export function rootDiskBytes(spec: Pick<MachineSpec, 'rootDiskGib' | 'image'>): number | null {
  const { rootDiskGib, image } = spec;
  if (image === null || image.diskFormat === 'iso') return rootDiskGib === 0 ? null : rootDiskGib * GIB;
  if (rootDiskGib === 0) return image.virtualSize;
  if (rootDiskGib * GIB < image.virtualSize) {
    throw new UserError(
      'bad_request',
      `The image's disk has ${Math.ceil(image.virtualSize / GIB)} GiB, the machine's would have ${rootDiskGib}.`,
      { field: 'rootDiskGib', hint: 'Pick a flavor with a larger disk.' },
    );
  }
  return rootDiskGib * GIB;
}

/** A copy-on-write disk on `base`. Takes the same time whatever the image's size. */
export async function createOverlay(
  imageTool: string,
  path: string,
  base: { path: string; format: 'qcow2' | 'raw' },
  bytes: number,
): Promise<void> {
  // Relative, so that a moved data folder stays whole; `-u` because the tool has no reason to open the base.
  const backing = relative(dirname(path), base.path);
  await create(imageTool, ['-u', '-F', base.format, '-b', backing, path, String(bytes)]);
}

export async function createBlankDisk(imageTool: string, path: string, bytes: number): Promise<void> {
  await create(imageTool, [path, String(bytes)]);
}

async function create(imageTool: string, args: string[]): Promise<void> {
  try {
    await run(imageTool, ['create', '-q', '-f', 'qcow2', ...args]);
  } catch (error) {
    throw explainFailure(error, 'creating a disk', 'A disk could not be created');
  }
}

function explainFailure(error: unknown, doing: string, what: string): unknown {
  const told = explainDiskFull(error, doing);
  if (told !== error) return told;
  const message = error instanceof Error ? error.message : String(error);
  return new OperationalError('hypervisor_failed', 'hypervisor', `${what}: ${message}`, { cause: error });
}

/** Writes what lies over a disk, which no process has open, into it. Only what `node` names is opened. */
export async function commitDisk(imageTool: string, node: BlockNode, signal: AbortSignal): Promise<void> {
  try {
    await run(imageTool, ['commit', '-q', '-d', `json:${JSON.stringify(node)}`], { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw explainFailure(error, 'merging a disk', 'A disk could not be merged');
  }
}

const PAGE_BYTES = 4096;

/** A sparse raw disk that is swap space already: the header of mkswap(8), version 1, in its first page. */
export async function createSwapDisk(path: string, mib: number): Promise<void> {
  const bytes = mib * MIB;
  const header = Buffer.alloc(PAGE_BYTES);
  header.writeUInt32LE(1, 1024);
  header.writeUInt32LE(bytes / PAGE_BYTES - 1, 1028);
  header.write('SWAPSPACE2', PAGE_BYTES - 10, 'latin1');
  const file = await open(path, 'wx', 0o600);
  try {
    await file.truncate(bytes);
    await file.write(header, 0, PAGE_BYTES, 0);
  } finally {
    await file.close();
  }
}
