import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { MachineSpec } from '../../../app/contract/machine.ts';
import type { MachineDiagnostics } from '../../../app/contract/machine-diagnostics.ts';
import type { LiveQemu } from './live-qemu.ts';
import { QmpError } from './qmp-client.ts';

const cpusSchema = z.array(z.object({ 'cpu-index': z.number(), 'thread-id': z.number() }));
const balloonSchema = z.object({ actual: z.number() });
export const blocksSchema = z.array(
  z.object({
    'node-name': z.string().optional(),
    stats: z.object({
      rd_bytes: z.number(),
      rd_operations: z.number(),
      wr_bytes: z.number(),
      wr_operations: z.number(),
      failed_rd_operations: z.number().default(0),
      failed_wr_operations: z.number().default(0),
      failed_flush_operations: z.number().default(0),
    }),
  }),
);

/** What QEMU and the kernel count of a machine. User-mode networks count nothing. */
export async function readDiagnostics(live: LiveQemu, spec: MachineSpec): Promise<MachineDiagnostics> {
  const { client, identity } = live;
  const [cpus, blocks, usedMib] = await Promise.all([
    client.execute('query-cpus-fast').then(cpusSchema.parse),
    client.execute('query-blockstats').then(blocksSchema.parse),
    balloonMib(live),
  ]);
  const ordered = cpus.toSorted((one, other) => one['cpu-index'] - other['cpu-index']);
  return {
    cpus: await Promise.all(
      ordered.map(async (cpu) => ({ nanoseconds: await timeOfThread(identity.pid, cpu['thread-id']) })),
    ),
    memory: { maximumMib: spec.memoryMib, usedMib },
    disks: blocks.map(({ 'node-name': name = '', stats }) => ({
      // As a disk is called that lies over another.
      name: name.replace(/-resized$/, ''),
      readBytes: stats.rd_bytes,
      reads: stats.rd_operations,
      writtenBytes: stats.wr_bytes,
      writes: stats.wr_operations,
      failures: stats.failed_rd_operations + stats.failed_wr_operations + stats.failed_flush_operations,
    })),
    nics: spec.ports.map(({ mac }) => ({ mac, traffic: null })),
  };
}

/** Null where the guest has no driver for the balloon. */
async function balloonMib({ client }: LiveQemu): Promise<number | null> {
  try {
    return Math.floor(balloonSchema.parse(await client.execute('query-balloon')).actual / 1024 ** 2);
  } catch (error) {
    if (error instanceof QmpError) return null;
    throw error;
  }
}

/** Linux counts it in nanoseconds, as the first word of `schedstat`; null on hosts without. */
async function timeOfThread(pid: number, thread: number): Promise<number | null> {
  try {
    const [nanoseconds] = (await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8')).split(' ');
    return Number.parseInt(nanoseconds ?? '', 10);
  } catch {
    return null;
  }
}
